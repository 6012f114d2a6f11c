"""The first page of requests, which answers every form that is not of one request."""

from werkzeug.wrappers import Response as AnyResponse

from portal.desk.forms import answer
from portal.desk.requests.forms import FileForm, ReferenceForm, stage_name
from portal.status import records
from portal.status.rules import STAGES
from portal.store.database import session

RECENT = 5


def index_page(
    *, reference: ReferenceForm | None = None, file: FileForm | None = None, status: int = 0, **context: object
) -> AnyResponse:
    """Return the page, with what is wrong in one of its forms perhaps."""
    return answer(
        "desk/requests/index.html",
        "desk_requests.index",
        form=reference or file,
        status=status,
        by_stage=records.counts_by_stage(session()),
        stages=STAGES,
        stage_name=stage_name,
        imports=records.last_imports(session(), RECENT),
        reference=reference or ReferenceForm(),
        file=file or FileForm(),
        **context,
    )
