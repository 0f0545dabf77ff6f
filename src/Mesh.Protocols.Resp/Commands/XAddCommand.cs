using Mesh.Frames;
using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// <c>XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT n]] *|id field value …</c> (<see cref="AddOrTrimOptions"/>). The entry's fields are stored as they came over the wire, behind
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
        var options = AddOrTrimOptions.Read(arguments, isAdd: true);
        var fields = arguments.Count - options.FieldsAt;
        if (fields < 2 || fields % 2 != 0) throw Refusals.WrongArity(Name);
        if (options.Id is { IsNone: true }) throw new RespErrorException("ERR The ID specified in XADD must be greater than 0-0");
        var wire = arguments.WireFrom(options.FieldsAt);
        if (wire.Length > FrameFormat.SegmentBytesMax - RecordBytesExtra) throw new RespErrorException(ErrorMap.Of(new AppendResult.TooLarge(FrameFormat.SegmentBytesMax))!);
        var ring = session.Ring(arguments[1]);
        if (ring is AddressedLog addressed && (options.Id is not null || options.Trim.IsSet)) throw addressed.OnlyRings("give * for the id, and no MAXLEN or MINID");
        if (options.Id is null && options.Trim.GoesWithAppend)
        {
            Add(session, ring, AppendOptionsOf(options), fields, wire);
            return session.Appends.IsFull ? session.Appends.FinishAsync() : default;
        }

        var body = new byte[ArrayHeaderBytesMax + wire.Length];
        var header = WriteHeader(body, fields);
        wire.CopyTo(body.AsSpan(header));
        return AddAloneAsync(session, ring, options, body.AsMemory(0, header + wire.Length));
    }

    private static AppendOptions AppendOptionsOf(in AddOrTrimOptions options) =>
        new() { MustExist = options.MustExist, TrimToCount = options.Trim.GoesWithAppend ? options.Trim.KeepCount : null };

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

    /// <summary>An entry with an id of its own, or one that does not trim by itself, waits for those before it.</summary>
    private static async ValueTask AddAloneAsync(RespSession session, IRing ring, AddOrTrimOptions options, ReadOnlyMemory<byte> body)
    {
        await session.Appends.FinishAsync();
        var result = await AppendAsync(ring, AppendOptionsOf(options), options.Id, body);
        if (result is AppendResult.Appended && options.Trim is { IsSet: true, GoesWithAppend: false }) await options.Trim.ApplyAsync(ring);
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
}
