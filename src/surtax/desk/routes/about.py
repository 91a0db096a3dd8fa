"""What the desk rests on: versions, the days that the record covers, bounds."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from surtax._version import __version__
from surtax.desk import store
from surtax.desk.settings import Settings

router = APIRouter(prefix="/api/about", tags=["about"])


class About(BaseModel):
    """What every room needs to know.

    Attributes:
        version: of the product.
        verified_to, complete_from: the days between which the record was checked.
        law: digest of the ledger.
        max_upload: bytes of a file of entries.
    """

    version: str
    verified_to: str
    complete_from: str
    law: str
    max_upload: int


@router.get("")
def about(request: Request) -> About:
    """Versions, days and bounds."""
    law = store.ledger().law
    settings: Settings = request.app.state.settings
    return About(
        version=__version__,
        verified_to=law.verified_to.isoformat(),
        complete_from=law.manifest.complete_from.isoformat(),
        law=law.digest,
        max_upload=settings.max_upload,
    )
