using Mesh.Frames;
using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// <c>XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT n]] *|id field value …</c>. The entry's fields are stored as they came over the wire, behind
/// the header of their array, so that reading them is a copy.
/// </summary>
internal sealed class XAddCommand() : RespCommand("xadd", -5)
{
    private const int IdAttempts = 16;
    private const int ArrayHeaderBytesMax = 16;
    private const int RecordBytesExtra = 1024;

    internal override PipelineGroup? GroupOf(RespSession session) => session.Appends;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var at = 2;
        var mustExist = false;
        var trim = default(TrimOption);
        while (at < arguments.Count)
        {
            if (arguments.Is(at, "NOMKSTREAM"u8))
            {
                mustExist = true;
                at++;
            }
            else if (arguments.Is(at, "LIMIT"u8) && at + 1 < arguments.Count)
            {
                throw new RespErrorException("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
            }
            else if (!TrimOption.TryRead(arguments, ref at, ref trim))
            {
                break;
            }
        }

        var fields = arguments.Count - at - 1;
        if (fields < 2 || fields % 2 != 0) throw Refusals.WrongArity(Name);
        var wire = arguments.WireFrom(at + 1);
        if (wire.Length > FrameFormat.SegmentBytesMax - RecordBytesExtra) throw new RespErrorException(ErrorMap.Of(new AppendResult.TooLarge(FrameFormat.SegmentBytesMax))!);
        var ring = session.Ring(arguments[1]);
        var options = new AppendOptions { MustExist = mustExist, TrimToCount = trim.KeepCount };
        var isAutomatic = arguments[at].SequenceEqual("*"u8);
        if (ring is AddressedLog addressed && (!isAutomatic || trim.IsSet)) throw addressed.OnlyRings("give * for the id, and no MAXLEN or MINID");
        var wanted = isAutomatic ? default : WantedId.Parse(arguments[at]);
        if (isAutomatic && trim.KeepFrom is null)
        {
            Add(session, ring, options, fields, wire);
            return session.Appends.IsFull ? session.Appends.FinishAsync() : default;
        }

        var body = new byte[ArrayHeaderBytesMax + wire.Length];
        var header = WriteHeader(body, fields);
        wire.CopyTo(body.AsSpan(header));
        return AddAloneAsync(session, ring, options, isAutomatic ? null : wanted, trim.KeepFrom, body.AsMemory(0, header + wire.Length));
    }

    private static void Add(RespSession session, IRing ring, in AppendOptions options, int fields, ReadOnlySpan<byte> wire)
    {
        Span<byte> header = stackalloc byte[ArrayHeaderBytesMax];
        session.Appends.Add(ring, options, header[..WriteHeader(header, fields)], wire);
    }

    private static int WriteHeader(Span<byte> target, int fields)
    {
        target[0] = (byte)'*';
        System.Buffers.Text.Utf8Formatter.TryFormat(fields, target[1..], out var digits);
        "\r\n"u8.CopyTo(target[(1 + digits)..]);
        return digits + 3;
    }

    /// <summary>An entry with an id of its own, or one after which older entries go, waits for those before it.</summary>
    private static async ValueTask AddAloneAsync(
        RespSession session, IRing ring, AppendOptions options, WantedId? wanted, RingId? keepFrom, ReadOnlyMemory<byte> body)
    {
        await session.Appends.FinishAsync();
        var result = await AppendAsync(ring, options, wanted, body);
        if (result is AppendResult.Appended && keepFrom is { } from) await ring.TrimBelowAsync(from);
        if (ErrorMap.Of(result) is { } error) session.Reply.Error(error);
        else if (result is AppendResult.Appended appended) session.Reply.Id(appended.FirstId);
        else session.WriteNull();
    }

    private static async ValueTask<AppendResult> AppendAsync(IRing ring, AppendOptions options, WantedId? wanted, ReadOnlyMemory<byte> body)
    {
        using var segment = new SegmentWriter(body.Length + 64);
        AppendResult result;
        var attempts = 0;
        do
        {
            RingId? id = wanted is { } some ? some.After((await ring.StateAsync()).LastId) : null;
            segment.Reset();
            segment.Add(new RecordFields { ContentType = ContentType.RespFields, Id = id }, body.Span);
            result = await ring.AppendAsync(segment.Finish(), options);
        }
        while (result is AppendResult.IdNotGreater && wanted is { HasNumber: false } && ++attempts < IdAttempts);

        return result;
    }

    /// <summary>An id as XADD takes it: whole, or <c>ms-*</c>, whose number is the next free one of its millisecond.</summary>
    private readonly record struct WantedId(RingId Id, bool HasNumber)
    {
        public static WantedId Parse(ReadOnlySpan<byte> text)
        {
            var isOpen = text.EndsWith("-*"u8);
            var id = StreamIds.Parse(isOpen ? text[..^2] : text, 0);
            if (!isOpen && id == RingId.None) throw new RespErrorException("ERR The ID specified in XADD must be greater than 0-0");
            return new WantedId(id, !isOpen);
        }

        public RingId After(RingId last)
        {
            if (HasNumber) return Id;
            if (Id.Milliseconds == last.Milliseconds) return last.Next() is { } next && next.Milliseconds == Id.Milliseconds ? next : Id;
            return Id.Milliseconds == 0 ? new RingId(0, 1) : Id;
        }
    }
}
