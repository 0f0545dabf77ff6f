using System.Globalization;

namespace Mesh.Protocols.Resp.Tests.Parity;

/// <summary>Makes random commands over three streams, mostly sensible ones. The seed decides everything.</summary>
internal sealed class StreamCommandMaker(int seed)
{
    private readonly Random _random = new(seed);
    private int _last;
    private int _times;

    public string[] Next() => (_random.Next(50) switch
    {
        < 10 => Add(),
        10 => $"XDEL {Key()} {Ids()}",
        11 or 12 => $"XTRIM {Key()} {Trim()}",
        13 => SetId(),
        14 => $"XLEN {Key()}",
        15 or 16 => $"{Pick("XRANGE", "XREVRANGE")} {Key()} {RangeEnd()} {RangeEnd()}{Maybe($" COUNT {Pick($"{_random.Next(5)}", "-1", "x")}")}",
        17 => Read(),
        18 or 19 => $"XGROUP CREATE {Key()} {Group()} {Pick("0", "$", Id())}{Shuffled(Maybe("MKSTREAM"), Maybe($"ENTRIESREAD {_random.Next(-2, 20)}", "", 4))}",
        20 => $"XGROUP SETID {Key()} {Group()} {Pick("$", "0", Id())}{Maybe($" ENTRIESREAD {_random.Next(-1, 20)}")}",
        21 => $"XGROUP {Pick("CREATECONSUMER", "CREATECONSUMER", "DELCONSUMER")} {Key()} {Group()} {Consumer()}",
        22 => Maybe($"XGROUP DESTROY {Key()} {Group()}", "XINFO STREAM a"),
        < 30 => ReadGroup(),
        < 33 => $"XACK {Key()} {Group()} {Ids()}",
        33 => $"XPENDING {Key()} {Group()}",
        34 => $"XPENDING {Key()} {Group()}{Maybe($" IDLE {Pick("0", "100000")}")} {RangeEnd()} {RangeEnd()} {_random.Next(-1, 6)}{Maybe($" {Consumer()}")}",
        35 or 36 => Claim(),
        37 or 38 => $"XAUTOCLAIM {Key()} {Group()} {Consumer()} {Pick("0", "0", "100000", "-1")} {Pick("-", "0", RangeEnd())}{Shuffled(Maybe($"COUNT {_random.Next(4)}"), Maybe("JUSTID"))}",
        39 => $"XINFO STREAM {Key()}",
        40 => $"XINFO STREAM {Key()} FULL{Maybe($" COUNT {_random.Next(-1, 4)}")}",
        41 => $"XINFO GROUPS {Key()}",
        42 => $"XINFO CONSUMERS {Key()} {Group()}",
        43 => $"{Pick("EXISTS", "TOUCH", "EXISTS", Maybe("DEL", "UNLINK"))} {Keys()}",
        44 => $"TYPE {Key()}",
        45 => Expire(),
        46 => $"{Pick("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME")} {Key()}",
        47 => $"PERSIST {Key()}",
        48 => Pick("DBSIZE", $"KEYS {Pattern()}"),
        _ => $"SCAN 0{Shuffled("COUNT 100", Maybe($"MATCH {Pattern()}"), Maybe($"TYPE {Pick("stream", "STREAM", "string", "nope")}"))}",
    }).Split(' ');

    private string Add()
    {
        var options = Shuffled(Maybe("NOMKSTREAM", "", 8), Maybe(Trim(), "", 4), Maybe(Pick("LIMIT 3", "MAXLEN 3", "FOO"), "", 40));
        var id = _random.Next(5) == 0 ? Id() : Maybe($"{_last += _random.Next(1, 3)}-{_random.Next(3)}", $"{_last}-*");
        return $"XADD {Key()}{options} {id} {Maybe("field", $"field {_random.Next(100)}{Maybe(" other value")}", 40)}";
    }

    /// <summary>LIMIT goes with ~ alone; elsewhere it is an error.</summary>
    private string Trim()
    {
        var limit = $"LIMIT {Pick($"{_random.Next(6)}", $"{_random.Next(6)}", "-1", "x")}";
        return Pick("MAXLEN", "MINID") + " " + Pick("", "", "= ", "~ ", "~ ") + Maybe(Id(), $"{_random.Next(12)}", 3) + Maybe($" {limit}", "", 3);
    }

    private string Read() => Shuffled(Maybe($"COUNT {_random.Next(-1, 4)}"), Maybe(Pick("BLOCK 1", "BLOCK x", "BLOCK -1"), "", 6)) is var options && _random.Next(2) == 0
        ? $"XREAD{options} STREAMS {Key()} {Pick(Id(), "$")}"
        : $"XREAD{options} STREAMS {Key()} {Key()} {Pick(Id(), "0", "$")} {Id()}";

    private string ReadGroup()
    {
        var options = $"XREADGROUP GROUP {Group()} {Consumer()}" + Shuffled(Maybe($"COUNT {_random.Next(-1, 6)}"), Maybe("BLOCK 1", "", 6), Maybe("NOACK", "", 6));
        return _random.Next(3) == 0
            ? $"{options} STREAMS {Key()} {Key()} {Pick(">", "0", "$")} {Pick(">", ">", Id())}"
            : $"{options} STREAMS {Key()} {Pick(">", ">", ">", "0", Id())}";
    }

    private string SetId() => $"XSETID {Key()} {Id()}{Maybe($" ENTRIESADDED {_random.Next(40)}")}{Maybe($" MAXDELETEDID {Id()}")}";

    private string Claim()
    {
        var options = Shuffled(
            Maybe("JUSTID", "", 3), Maybe("FORCE", "", 3), Maybe($"IDLE {Pick("500000", "0", "-5")}", "", 4), Maybe($"TIME {Pick("1", "1000000000", "99999999999999")}", "", 6),
            Maybe($"RETRYCOUNT {_random.Next(-1, 9)}", "", 4), Maybe($"LASTID {Id()}", "", 8));
        return $"XCLAIM {Key()} {Group()} {Consumer()} {Pick("0", "0", "100000", "-1")} {Id()} {Id()}{options}";
    }

    /// <summary>No two times are near each other, so that it does not matter in which millisecond a command is served.</summary>
    private string Expire()
    {
        var condition = Maybe(" " + Pick("NX", "XX", "GT", "LT", "XX GT", "NX GT", "FOO"));
        if (_random.Next(8) == 0) return Pick($"EXPIRE {Key()} -1", $"PEXPIREAT {Key()} 1") + condition;
        var seconds = 10_000_000 + (_random.Next(-1, 2) * 10_000L * ++_times);
        return Pick($"EXPIRE {Key()} {seconds}", $"PEXPIRE {Key()} {seconds * 1000}", $"EXPIREAT {Key()} {seconds * 1000}", $"PEXPIREAT {Key()} {seconds * 1_000_000}") + condition;
    }

    private string Pattern() => Pick("*", "a", "?", "[ab]", "[^b]", "[b-z]*", "nothing");

    private string Key() => Pick("a", "a", "a", "b", "b", "c");

    private string Keys() => string.Join(' ', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Key()));

    private string Group() => Pick("g", "g", "h");

    private string Consumer() => Pick("one", "two", "three");

    private string Id() => _random.Next(12) switch
    {
        0 => "0-0",
        1 => "0",
        2 => Pick("x", "-", "+", "1-", "", "$", ">", "18446744073709551615-18446744073709551615"),
        3 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, _last - _random.Next(-2, 20))}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, _last - _random.Next(-2, 20))}-{_random.Next(3)}"),
    };

    private string Ids() => string.Join(' ', Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Id()));

    private string RangeEnd() => Pick("-", "+", Id(), Maybe("(", "") + Id());

    /// <summary>What is not empty, each behind a space, in any order.</summary>
    private string Shuffled(params string[] options)
    {
        _random.Shuffle(options);
        return string.Concat(options.Where(option => option.Length > 0).Select(option => " " + option));
    }

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private string Maybe(string text, string otherwise = "", int oneIn = 2) => _random.Next(oneIn) == 0 ? text : otherwise;
}
