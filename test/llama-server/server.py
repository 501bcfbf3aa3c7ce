"""A llama-server, the one that the package xllamacpp carries. Prints its address, and ends with its input.

    server.py MODEL KEY PORT
"""

import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path, key, port = sys.argv[1:]
params.n_ctx = 4096
params.n_parallel = 8
params.cpuparams.n_threads = 1
params.port = int(port)
params.api_keys = [key]
params.endpoint_slots = True
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
