"""lossd_check.py by its command, and by HTTP against a server that passes requests on to the command."""

import http.server
import math
import os
import shlex
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, "src/cli/starter/templates")
from lossd_check import LossdError, check, sentences  # noqa: E402

LOGITS = [[2.0, 1.0, 0.1], [0.3, -1.2, 2.2], [1.5, 0.2, -0.7], [0.4, 0.9, -1.1], [-0.6, 1.7, 0.8]]
LABELS = [0, 1, 2, 1, 0]


def claim(scale=1.0):
    """Cross-entropy and its gradient, the gradient times `scale`."""
    losses, gradients = [], []
    for row, label in zip(LOGITS, LABELS):
        total = sum(math.exp(z) for z in row)
        losses.append(math.log(total) - row[label])
        gradients.append([scale * (math.exp(z) / total - (j == label)) / len(LOGITS) for j, z in enumerate(row)])
    return {"loss": sum(losses) / len(losses), "losses": losses, "gradients": gradients}


class Array:
    """What numpy, torch and jax have in common."""

    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


class ByCommand(unittest.TestCase):
    def test_a_right_claim_passes(self):
        check("cross_entropy", LOGITS, LABELS, claim())

    def test_arrays_are_taken(self):
        right = claim()
        check("cross_entropy", Array(LOGITS), Array(LABELS), {"gradients": Array(right["gradients"])})

    def test_a_known_mistake_is_named(self):
        with self.assertRaises(AssertionError) as raised:
            check("cross_entropy", LOGITS, LABELS, claim(-1.0))
        self.assertIn("gradients: 15 of 15 numbers are not right.", str(raised.exception))
        self.assertIn("uphill", str(raised.exception))

    def test_what_is_right_is_not_told(self):
        with self.assertRaises(AssertionError) as raised:
            check("cross_entropy", LOGITS, LABELS, {"loss": 0.125})
        self.assertNotIn(str(claim()["loss"])[:6], str(raised.exception))

    def test_not_a_number_is_wrong(self):
        with self.assertRaises(AssertionError):
            check("cross_entropy", LOGITS, LABELS, {"loss": math.nan})

    def test_a_claim_of_another_shape_is_told_so(self):
        with self.assertRaises(AssertionError) as raised:
            check("cross_entropy", LOGITS, LABELS, {"losses": [1.0]})
        self.assertIn("shape [5]", str(raised.exception))

    def test_options_are_passed_on(self):
        losses = claim()["losses"]
        check("cross_entropy", LOGITS, LABELS, {"loss": sum(losses)}, reduction="sum")

    def test_a_question_that_is_not_allowed_is_no_verdict(self):
        with self.assertRaisesRegex(LossdError, "labels"):
            check("cross_entropy", LOGITS, [0, 1, 2, 1, 7], claim())


class ByHttp(ByCommand):
    """The same, with a service in between."""

    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), PassOn)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        os.environ["LOSSD_URL"] = f"http://127.0.0.1:{cls.server.server_port}/"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()
        del os.environ["LOSSD_URL"]


class PassOn(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        loss = self.path.removeprefix("/v1/losses/").removesuffix("/check")
        body = self.rfile.read(int(self.headers["content-length"]))
        ended = subprocess.run(shlex.split(os.environ["LOSSD"]) + ["check", loss], input=body, capture_output=True)
        reply = ended.stdout or ended.stderr
        self.send_response(200 if ended.stdout else 422)
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


class OfVerdictsAlone(unittest.TestCase):
    """What a service for students answers."""

    def test_it_says_which_outputs_are_wrong_and_what_is_malformed(self):
        parts = [{"output": "loss", "verdict": "fail"}, {"output": "losses", "verdict": "malformed"}]
        faults = [{"pointer": "/claim/losses", "detail": "has the shape [5]"}]
        said = sentences({"verdict": "fail", "parts": parts, "format_errors": faults})
        self.assertEqual(said, ["The claim /claim/losses has the shape [5].", "loss: not right."])


class Absent(unittest.TestCase):
    def test_without_lossd_it_says_what_to_set(self):
        known = os.environ.pop("LOSSD")
        os.environ["LOSSD"] = "there-is-no-such-command"
        try:
            with self.assertRaisesRegex(LossdError, "LOSSD_URL"):
                check("cross_entropy", LOGITS, LABELS, claim())
        finally:
            os.environ["LOSSD"] = known


unittest.main()
