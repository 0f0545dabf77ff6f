"""Drives mesh.v1 of the server at argv[1] with Python's gRPC and the generated stubs; writes what was seen as JSON."""
import json
import queue
import sys
import threading

import grpc

import mesh_pb2 as pb
import mesh_pb2_grpc

seen = {}


def record(body, **more):
    return pb.NewRecord(body=body.encode(), **more)


def bodies(records):
    return [[r.sequence, r.body.decode()] for r in records]


with grpc.insecure_channel(sys.argv[1]) as channel:
    mesh = mesh_pb2_grpc.MeshStub(channel)
    seen["created"] = mesh.CreateStream(pb.CreateStreamRequest(stream="ring:py", options=pb.StreamOptions(retention_count=100))).created
    tail = mesh.Tail(pb.TailRequest(stream="ring:py"))
    seen["tail_from"] = next(tail).next

    seen["first"] = mesh.Append(pb.AppendRequest(stream="ring:py", records=[record("a", tags={"k": "v"}), record("b")])).first_sequence
    seen["filtered"] = bodies(mesh.Read(pb.ReadRequest(stream="ring:py", filter=pb.Filter(tags={"k": "v"}))).records)

    def stream(first, *parts):
        yield pb.AppendStreamRequest(stream="ring:py", producer_id=77, first_number=first)
        for part in parts:
            yield pb.AppendStreamRequest(records=[record(each) for each in part])

    def acks(call):
        return [[a.first_number + i, a.first_sequence + i] for a in call for i in range(a.count)]

    seen["acks"] = acks(mesh.AppendStream(stream(1, ["c", "d"], ["e"])))
    seen["repeated"] = acks(mesh.AppendStream(stream(2, ["d", "e", "f"])))

    tailed = []
    while len(tailed) < 6:
        tailed += bodies(next(tail).records)
    seen["tailed"] = tailed
    tail.cancel()

    mesh.Append(pb.AppendRequest(stream="queue:py", records=[record("job")]))
    claim = mesh.Claim(pb.ClaimRequest(stream="queue:py"))
    seen["claimed"] = [claim.records[0].body.decode(), claim.records[0].delivery_count]
    seen["acked"] = [pb.Ack.Outcome.Name(a.outcome) for a in mesh.Ack(pb.AckRequest(stream="queue:py", claim_id=claim.claim_id)).acks]

    mesh.CreateGroup(pb.CreateGroupRequest(stream="ring:py", group="g", **{"from": 5}))
    claim = mesh.Claim(pb.ClaimRequest(stream="ring:py", group="g", consumer="me"))
    seen["group"] = bodies(claim.records)

    requests = mesh.Tail(pb.TailRequest(stream="ring:requests"))
    next(requests)
    reply = mesh.Request.future(pb.RequestRequest(stream="ring:requests", record=record("ping")))
    heard = next(requests).records[0]
    mesh.Append(pb.AppendRequest(stream=heard.tags["mesh-reply-to"], records=[record("pong")]))
    seen["reply"] = reply.result().body.decode()
    requests.cancel()

    try:
        mesh.DescribeStream(pb.DescribeStreamRequest(stream="ring:none"))
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
        seen["refused"] = [error.code().name, b"NO_SUCH_STREAM" in details]

json.dump(seen, sys.stdout)
