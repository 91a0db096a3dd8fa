"""Economy: what a shock does to prices, output, regions and revenue."""
