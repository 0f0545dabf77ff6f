"""
Knows nothing but the address at argv[1]: finds services, methods and messages by server reflection, as command line clients do, and subscribes as argv[2] (service/method) and
argv[3] (the request as JSON) say. Writes what was seen as JSON.
"""
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

WHOLE = lambda message: message  # noqa: E731


def varint(number):
    text = bytearray()
    while number > 127:
        text.append(number & 127 | 128)
        number >>= 7
    return bytes(text + bytes([number]))


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def fields(message):
    """The length-delimited fields of a message, by number."""
    found, at = [], 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = number()
        if tag & 7 == 0:
            found.append((tag >> 3, number()))
        else:
            length = number()
            found.append((tag >> 3, message[at:at + length]))
            at += length
    return found


def of(message, wanted):
    return [value for number, value in fields(message) if number == wanted]


def message_class(pool, name):
    descriptor = pool.FindMessageTypeByName(name)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


seen = {}
service_name, method_name = sys.argv[2].split("/")
with grpc.insecure_channel(sys.argv[1]) as channel:
    for package in ("grpc.reflection.v1", "grpc.reflection.v1alpha"):
        ask = channel.stream_stream(f"/{package}.ServerReflection/ServerReflectionInfo", WHOLE, WHOLE)
        listed, described, unknown = ask(iter([field(7, b"*"), field(4, service_name.encode()), field(4, b"no.Such")]))
        seen[package] = [of(service, 1)[0].decode() for service in of(of(listed, 6)[0], 1)]
        files = [descriptor_pb2.FileDescriptorProto.FromString(data) for data in of(of(described, 4)[0], 1)]
        seen["error"] = of(of(unknown, 7)[0], 1)[0]

    pool = descriptor_pool.DescriptorPool()
    by_name, added = {file.name: file for file in files}, set()

    def add(name):
        if name not in added:
            added.add(name)
            for needed in by_name[name].dependency:
                add(needed)
            pool.Add(by_name[name])

    add(files[0].name)
    service = pool.FindServiceByName(service_name)
    seen["methods"] = [method.name for method in service.methods]
    method = service.FindMethodByName(method_name)
    request, event = message_class(pool, method.input_type.full_name), message_class(pool, method.output_type.full_name)
    wanted = json_format.Parse(sys.argv[3], request())
    subscription = channel.unary_stream(f"/{sys.argv[2]}", request.SerializeToString, event.FromString)(wanted)
    subscription.initial_metadata()
    topic = wanted.topics[0] + "reflected"
    channel.stream_unary(f"/{service_name}/Publish", event.SerializeToString, WHOLE)(iter([event(topic=topic, tags={"k": "v"})]))
    delivered = json_format.MessageToDict(next(subscription))
    seen["delivered"] = [delivered["topic"], delivered["tags"]]
    subscription.cancel()

    seen["health"] = list(channel.unary_unary("/grpc.health.v1.Health/Check", WHOLE, WHOLE)(field(1, service_name.encode())))

json.dump(seen, sys.stdout)
