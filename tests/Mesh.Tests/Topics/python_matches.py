"""Reads patterns and topics as JSON, writes for each pattern which topics Python's own engine matches; null where it refuses the pattern."""
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")
asked = json.load(sys.stdin)


def matches(pattern):
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError):
        return None
    return [compiled.match(topic) is not None for topic in asked["topics"]]


json.dump([matches(pattern) for pattern in asked["patterns"]], sys.stdout)
