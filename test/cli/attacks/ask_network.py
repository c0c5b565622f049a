"""Asks a service on this machine."""

import socket

reached("network", lambda: socket.create_connection(("127.0.0.1", PLACES["port"]), timeout=2).close())
