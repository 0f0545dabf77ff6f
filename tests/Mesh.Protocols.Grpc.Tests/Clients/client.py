"""Drives the server at argv[1] with Python's gRPC and the generated stubs; writes what was seen as JSON. See PythonClientTests."""
import itertools
import json
import sys
import threading

import grpc
from google.protobuf import any_pb2, timestamp_pb2

import protobus_event_pb2
import protobus_pb2
import protobus_pb2_grpc

Event = protobus_event_pb2.EncapsulatedEvent
seen = {}


def event(topic, **more):
    return Event(
        topic=topic,
        client_event_time=timestamp_pb2.Timestamp(seconds=1),
        client_transmit_time=timestamp_pb2.Timestamp(seconds=2),
        **more)


def subscribe(stub, topics, depth=0, **more):
    request = protobus_pb2.SubscriptionRequest(topics=topics)
    request.options.history_depth = depth
    call = stub.Subscribe(request, **more)
    call.initial_metadata()  # comes when the subscription is active
    return call


def status_of(call):
    try:
        for _ in call:
            pass
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


with grpc.insecure_channel(sys.argv[1]) as channel:
    stub = protobus_pb2_grpc.ProtobusServiceStub(channel)

    live = subscribe(stub, ["foo"])
    payload = any_pb2.Any(type_url="x/y.Z", value=b"hi")
    status = stub.Publish(iter([event("xfoo"), event("foobar", tags={"k": "v"}, payload=payload, payload_size=999), event("foo")]))
    seen["published"] = [status.code, status.message]
    first = next(live)
    seen["first"] = [first.topic, dict(first.tags), first.payload_size, first.payload.value.decode(), first.client_event_time.seconds]
    seen["received_later"] = first.server_receive_time.seconds > 1_600_000_000
    seen["second"] = next(live).topic
    live.cancel()

    seen["history"] = [e.topic for e in itertools.islice(subscribe(stub, ["x?foo"], 5), 3)]

    everything = subscribe(stub, [])
    sent = [f"t{i}" for i in range(1000)]
    stub.Publish(event(topic) for topic in sent)
    seen["in_order"] = [next(everything).topic for _ in sent] == sent
    big = event("big", payload=any_pb2.Any(value=bytes(4 * 1024 * 1024 - 100)))
    stub.Publish(iter([big]))
    everything.cancel()

    zipped = subscribe(stub, ["zip"])
    stub.Publish(iter([event("zip" + "p" * 1000)]), compression=grpc.Compression.Gzip)
    seen["gzip"] = len(next(zipped).topic)
    zipped.cancel()

    # A stream held open: its events arrive before it ends; cancelled, they stay.
    opened = subscribe(stub, ["open"])
    hold = threading.Event()

    def held():
        yield event("open1")
        yield event("open2")
        hold.wait()

    publishing = stub.Publish.future(held())
    seen["while_open"] = [next(opened).topic, next(opened).topic]
    publishing.cancel()
    hold.set()
    opened.cancel()
    seen["after_cancel"] = [e.topic for e in itertools.islice(subscribe(stub, ["open"], 5), 2)]

    seen["bad_pattern"] = status_of(stub.Subscribe(protobus_pb2.SubscriptionRequest(topics=["("])))
    seen["deadline"] = status_of(stub.Subscribe(protobus_pb2.SubscriptionRequest(), timeout=0.2))
    seen["too_large"] = status_of(channel.stream_stream(
        "/protobus.ProtobusService/Publish", request_serializer=Event.SerializeToString)(
            iter([event("t", payload=any_pb2.Any(value=bytes(4 * 1024 * 1024)))])))
    seen["unknown_method"] = status_of(channel.unary_stream("/protobus.ProtobusService/Nothing")(b""))

json.dump(seen, sys.stdout)
