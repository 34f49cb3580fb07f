"""Letters about documents."""

from eventapp.documents import queries
from eventapp.documents.models import CertificateState
from eventapp.events import queries as frame
from eventapp.kernel.post import Letter, letter
from eventapp.registrations import mails as registrations


@letter("documents.certificate_issued")
def certificate_issued(certificate_id: int) -> Letter | None:
    """Tell somebody where their certificate lies, unless it does not hold any more."""
    row = queries.certificate(certificate_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None or row.state is not CertificateState.VALID:
        return None
    person = row.registration
    if not person.email:
        return None
    return Letter(
        to=person.email,
        locale=person.locale,
        template="documents/certificate_issued",
        about=f"registration:{person.id}",
        event_id=event.id,
        reply_to=event.contact_email or None,
        context={
            **registrations.event_context(event, person.locale),
            "name": registrations.name_of(person),
            "number": row.number,
            "replaces": row.replaces_id is not None,
            "link": registrations.link_url(event, person),
            "certificate_url": f"{registrations.link_url(event, person)}?page=certificate",
        },
    )
