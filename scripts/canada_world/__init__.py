"""The Canadian world from official tables: ten provinces, nine partners, 34 sectors."""
