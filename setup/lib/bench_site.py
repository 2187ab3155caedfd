"""Pages and routes of Odoo's web server, asked for in this process."""

import json
import threading

from werkzeug.test import Client as Browser

from odoo import http
from odoo.service import security

REQUESTED = [
    "activities",
    "attachments",
    "contact_fields",
    "followers",
    "scheduledMessages",
    "suggestedRecipients",
]
MESSAGES = 30


class Site:
    """A user with a session. `queries` is how many the last answer took."""

    def __init__(self, env):
        user = env.user
        session = http.root.session_store.new()
        session.update(
            http.get_default_session(), db=env.cr.dbname, _trace_disable=True
        )
        session.uid, session.login = user.id, user.login
        session.session_token = security.compute_session_token(session, env)
        session.context = dict(env["res.users"].context_get())
        http.root.session_store.save(session)
        self.browser = Browser(http.root)
        self.browser.set_cookie("session_id", session.sid)
        self.queries = 0

    def get(self, address):
        return self._check(self.browser.get(address))

    def read_messages(self, record_id):
        """The first messages of the chatter."""
        return self._call(
            "/mail/thread/messages",
            thread_model="rma.authorization",
            thread_id=record_id,
            fetch_params={"limit": MESSAGES},
        )

    def read_thread(self, record_id):
        """What else stands in the chatter."""
        params = {
            "access_params": {},
            "request_list": REQUESTED,
            "thread_id": record_id,
            "thread_model": "rma.authorization",
        }
        return self._call("/mail/data", fetch_params=[["mail.thread", params]])

    def _call(self, address, **params):
        answer = self._check(
            self.browser.post(
                address, json={"jsonrpc": "2.0", "method": "call", "params": params}
            )
        )
        found = json.loads(answer)
        if "error" in found:
            raise RuntimeError(f"{address}: {found['error']}")
        return found

    def _check(self, response):
        self.queries = threading.current_thread().query_count
        if response.status_code != 200:
            raise RuntimeError(f"{response.status}: {response.headers.get('Location')}")
        return response.get_data()
