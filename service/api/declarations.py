"""`/v1/declarations`: what owners published elsewhere about their subjects, brought in by them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from licensing.standards.declaration import STANDARDS
from licensing.standards.errors import DocumentMissing
from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.operations.declarations import (
    Handed,
    declaration_json,
    end_declaration,
    import_declaration,
    list_declarations,
)

router = APIRouter(prefix="/v1/declarations", tags=["declarations"], route_class=JsonRoute)

Owner = Annotated[Caller, Depends(caller_with("declarations"))]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$"),
]


class DeclarationIn(BaseModel):
    """A document that is published somewhere, or one that is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Line = Field(description="Id of the subject it is about.")
    source_url: Annotated[str, StringConstraints(max_length=4096)] | None = Field(
        default=None,
        description="Where it is published: fetched now, and again before it grows stale.",
    )
    document: str | None = Field(
        default=None, description="The document itself, where it is not published."
    )
    name: Line = Field(
        default="document", description="What a document that is not published is called."
    )
    standard: Line | None = Field(
        default=None,
        description=f"One of {', '.join(STANDARDS)}; left out, the document shows it by itself.",
    )
    part: Line | None = Field(
        default=None,
        description="Which part of the document is about the subject, in its own words.",
    )

    def to_handed(self) -> Handed:
        """Take it as a document that was handed in. Raises `DocumentMissing`."""
        if (self.source_url is None) == (self.document is None):
            raise DocumentMissing
        document = None if self.document is None else self.document.encode("utf-8", "replace")
        return Handed(
            subject_id=self.subject,
            source=self.name if self.source_url is None else self.source_url,
            document=document,
            standard=self.standard,
            part=self.part,
        )


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    response_model=None,
)
def create_declaration(body: DeclarationIn, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Import a document. The same one from the same source again only counts for longer."""
    kept = import_declaration(runtime, caller.tenant_id, body.to_handed())
    return declaration_json(kept, at=runtime.now())


@router.get("", responses=problems(401, 403, 422), response_model=None)
def show_declarations(
    runtime: RuntimeDep,
    caller: Owner,
    subject: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """List what this owner imported and how fresh it is."""
    kept = list_declarations(runtime, caller.tenant_id, subject_id=subject)
    return {"declarations": [declaration_json(each, at=runtime.now()) for each in kept]}


@router.delete("/{declaration_id}", responses=problems(401, 403, 404, 422), response_model=None)
def remove_declaration(
    declaration_id: PathId, runtime: RuntimeDep, caller: Owner
) -> dict[str, Any]:
    """Take a source back: new decisions do not hear it. What it said stays on record."""
    kept = end_declaration(runtime, caller.tenant_id, declaration_id)
    return declaration_json(kept, at=runtime.now())
