"""Mail servers that the tests of alerts share."""

from collections.abc import Iterator

import pytest

from tests.integration.alerts.mail_server import MailServer, mail_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """A server that answers slowly, when asked to, after a second."""
    with mail_server(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture
def mail(server: MailServer) -> MailServer:
    """The server with an empty plan and nothing taken."""
    server.plan()
    return server
