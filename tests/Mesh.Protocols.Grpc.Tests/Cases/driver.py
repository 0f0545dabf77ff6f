"""Drives the server at argv[1] with Python's gRPC and the generated stubs: does what each line of the input asks and answers it with a line. See DrivenClient.cs."""
import base64
import itertools
import json
import queue
import sys
import traceback

import grpc

import protobus_event_pb2
import protobus_pb2
import protobus_pb2_grpc

RAW_BYTES_MAX = 1000
calls = {}


class WithBytes:
    """A channel whose streams give each message with the bytes it came in."""

    def __init__(self, channel):
        self.channel = channel

    def stream_unary(self, path, **coders):
        return self.channel.stream_unary(path, **coders)

    def unary_stream(self, path, request_serializer, response_deserializer):
        return self.channel.unary_stream(
            path, request_serializer=request_serializer, response_deserializer=lambda data: (response_deserializer(data), data))


def text(data):
    return base64.b64encode(data).decode()


def build(wanted):
    event = protobus_event_pb2.EncapsulatedEvent(topic=wanted["topic"], tags=wanted["tags"], payload_size=wanted["payload_size"])
    for field, time in (("client_event_time", "event_time"), ("client_transmit_time", "transmit_time"), ("server_receive_time", "receive_time")):
        if wanted[time]:
            getattr(event, field).seconds = wanted[time]["seconds"]
            getattr(event, field).nanos = wanted[time]["nanos"]
    if wanted["payload"]:
        event.payload.type_url = wanted["payload"]["type_url"]
        event.payload.value = base64.b64decode(wanted["payload"]["value"])
        event.payload.SetInParent()
    event.MergeFromString(base64.b64decode(wanted["more"]))
    return event


def show(event, raw):
    def time(field):
        return {"seconds": getattr(event, field).seconds, "nanos": getattr(event, field).nanos} if event.HasField(field) else None

    return {
        "topic": event.topic,
        "tags": dict(event.tags),
        "event_time": time("client_event_time"),
        "transmit_time": time("client_transmit_time"),
        "receive_time": time("server_receive_time"),
        "payload_size": event.payload_size,
        "payload": {"type_url": event.payload.type_url, "value": text(event.payload.value)} if event.HasField("payload") else None,
        "raw": text(raw) if len(raw) <= RAW_BYTES_MAX else None,
    }


class Publishing:
    def __init__(self, stub, ask):
        self.events = queue.Queue()
        packing = grpc.Compression.Gzip if ask["packed"] else None
        self.call = stub.Publish.future(iter(self.events.get, None), compression=packing)

    def send(self, ask):
        for event in ask["events"]:
            self.events.put(build(event))
        return {}

    def end(self, _):
        self.events.put(None)
        try:
            status = self.call.result()
            return {"code": 0, "status_code": status.code, "message": status.message}
        except grpc.RpcError as error:
            return {"code": error.code().value[0], "status_code": 0, "message": None}

    def cancel(self, _):
        self.call.cancel()
        self.events.put(None)
        return {}


class Subscription:
    def __init__(self, stub, ask):
        request = protobus_pb2.SubscriptionRequest(topics=ask["topics"])
        request.options.history_depth = ask["depth"]
        self.call = stub.Subscribe(request, timeout=ask["deadline"])
        self.call.initial_metadata()  # comes when the subscription is active

    def take(self, ask):
        return {"events": [show(event, raw) for event, raw in itertools.islice(self.call, ask["count"])]}

    def status(self, _):
        return {"code": code_of(self.call)}

    def cancel(self, _):
        self.call.cancel()
        return {}


def code_of(call):
    try:
        for _ in call:
            pass
        return 0
    except grpc.RpcError as error:
        return error.code().value[0]


def answer(channel, stub, ask):
    action = ask["do"]
    if action == "unknown":
        return {"code": code_of(channel.unary_stream("/protobus.ProtobusService/Nothing")(b""))}
    if action in ("publish", "subscribe"):
        calls[ask["call"]] = (Publishing if action == "publish" else Subscription)(stub, ask)
        return {}
    return getattr(calls[ask["call"]], action)(ask)


with grpc.insecure_channel(sys.argv[1]) as opened:
    service = protobus_pb2_grpc.ProtobusServiceStub(WithBytes(opened))
    for line in sys.stdin:
        try:
            said = answer(opened, service, json.loads(line))
        except Exception:  # whatever it is, the test is told
            said = {"error": traceback.format_exc()}
        print(json.dumps(said), flush=True)
