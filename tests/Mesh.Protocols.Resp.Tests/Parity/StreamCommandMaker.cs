using System.Globalization;

namespace Mesh.Protocols.Resp.Tests.Parity;

/// <summary>Makes random commands over two streams, mostly sensible ones. The seed decides everything.</summary>
internal sealed class StreamCommandMaker(int seed)
{
    private readonly Random _random = new(seed);
    private int _last;

    public string[] Next() => (_random.Next(40) switch
    {
        < 8 => Add(),
        8 => $"XDEL {Key()} {Ids()}",
        9 => $"XTRIM {Key()} {Pick("MAXLEN", "MAXLEN =")} {_random.Next(12)}",
        10 => $"XTRIM {Key()} MINID {Id()}",
        11 => SetId(),
        12 => $"XLEN {Key()}",
        13 => $"{Pick("XRANGE", "XREVRANGE")} {Key()} {RangeEnd()} {RangeEnd()}{Maybe($" COUNT {_random.Next(5)}")}",
        14 => $"XREAD{Maybe($" COUNT {_random.Next(4)}")} STREAMS a b {Id()} {Id()}",
        15 or 16 => CreateGroup(),
        17 => $"XGROUP SETID {Key()} {Group()} {Pick("$", "0", Id())}{Maybe($" ENTRIESREAD {_random.Next(-1, 20)}")}",
        18 => $"XGROUP {Pick("CREATECONSUMER", "CREATECONSUMER", "DELCONSUMER")} {Key()} {Group()} {Consumer()}",
        19 => Maybe($"XGROUP DESTROY {Key()} {Group()}", "XINFO STREAM a"),
        < 25 => $"XREADGROUP GROUP {Group()} {Consumer()}{Maybe($" COUNT {_random.Next(6)}")}{Maybe(" NOACK", "", 6)} STREAMS {Key()} >",
        25 => $"XREADGROUP GROUP {Group()} {Consumer()}{Maybe($" COUNT {_random.Next(6)}")} STREAMS {Key()} {Pick("0", Id())}",
        26 => $"XREADGROUP GROUP {Group()} {Consumer()} COUNT 2{Maybe(" BLOCK 1")} STREAMS a b {Pick(">", "0")} {Pick(">", ">", Id())}",
        27 or 28 => $"XACK {Key()} {Group()} {Ids()}",
        29 => $"XPENDING {Key()} {Group()}",
        30 => $"XPENDING {Key()} {Group()}{Maybe(" IDLE 100000")} {RangeEnd()} {RangeEnd()} {_random.Next(6)}{Maybe($" {Consumer()}")}",
        31 or 32 => Claim(),
        33 or 34 => $"XAUTOCLAIM {Key()} {Group()} {Consumer()} {Pick("0", "100000", "100000")} {Pick("-", "0", Id())}{Maybe($" COUNT {_random.Next(1, 4)}")}{Maybe(" JUSTID")}",
        35 => $"XINFO STREAM {Key()}",
        36 => $"XINFO STREAM {Key()} FULL{Maybe($" COUNT {_random.Next(-1, 4)}")}",
        37 => $"XINFO GROUPS {Key()}",
        38 => $"XINFO CONSUMERS {Key()} {Group()}",
        _ => Maybe($"DEL {Key()}", $"EXISTS {Key()}", 5),
    }).Split(' ');

    private string Add()
    {
        var options = Maybe(" NOMKSTREAM", "", 8) + Maybe($" MAXLEN {_random.Next(1, 15)}", "", 5) + Maybe("", "", 2);
        if (!options.Contains("MAXLEN", StringComparison.Ordinal)) options += Maybe($" MINID {Id()}", "", 8);
        var id = _random.Next(5) == 0 ? Id() : Maybe($"{_last += _random.Next(1, 3)}-{_random.Next(3)}", $"{_last}-*");
        return $"XADD {Key()}{options} {id} field {_random.Next(100)}";
    }

    private string SetId() => $"XSETID {Key()} {Id()}{Maybe($" ENTRIESADDED {_random.Next(40)}")}{Maybe($" MAXDELETEDID {Id()}")}";

    private string CreateGroup() => $"XGROUP CREATE {Key()} {Group()} {Pick("0", "$", Id())}{Maybe(" MKSTREAM")}{Maybe($" ENTRIESREAD {_random.Next(-1, 20)}", "", 4)}";

    private string Claim()
    {
        var options = Maybe(" JUSTID", "", 3) + Maybe(" FORCE", "", 3) + Maybe(" IDLE 500000", "", 3) + Maybe($" RETRYCOUNT {_random.Next(-1, 9)}", "", 4) + Maybe($" LASTID {Id()}", "", 8);
        return $"XCLAIM {Key()} {Group()} {Consumer()} {Pick("0", "0", "100000")} {Id()} {Id()}{options}";
    }

    private string Key() => Pick("a", "a", "b");

    private string Group() => Pick("g", "g", "h");

    private string Consumer() => Pick("one", "two", "three");

    private string Id() => _random.Next(12) switch
    {
        0 => "0-0",
        1 => "0",
        2 => Pick("x", "-", "+", "1-", "18446744073709551615-18446744073709551615"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, _last - _random.Next(-2, 20))}-{_random.Next(3)}"),
    };

    private string Ids() => string.Join(' ', Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Id()));

    private string RangeEnd() => Pick("-", "+", Id(), Maybe("(", "") + Id());

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private string Maybe(string text, string otherwise = "", int oneIn = 2) => _random.Next(oneIn) == 0 ? text : otherwise;
}
