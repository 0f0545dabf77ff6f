using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct AppendOptionsForm
{
    [Id(0)]
    public ReadOnlyMemory<byte> DedupeId;

    [Id(1)]
    public bool MustExist;

    [Id(2)]
    public long? TrimToCount;

    [Id(3)]
    public SenderMark? Sender;

    [Id(4)]
    public MoveOrigin? Origin;

    [Id(5)]
    public ProducerMark? Producer;
}

[GenerateSerializer, Immutable]
internal struct ProducerMarkForm
{
    [Id(0)]
    public ulong Producer;

    [Id(1)]
    public long First;
}

[RegisterConverter]
internal sealed class ProducerMarkConverter : IConverter<ProducerMark, ProducerMarkForm>
{
    public ProducerMark ConvertFromSurrogate(in ProducerMarkForm surrogate) => new(surrogate.Producer, surrogate.First);

    public ProducerMarkForm ConvertToSurrogate(in ProducerMark value) => new() { Producer = value.Producer, First = value.First };
}

[GenerateSerializer, Immutable]
internal struct MoveOriginForm
{
    [Id(0)]
    public StreamNumber Stream;

    [Id(1)]
    public Sequence Sequence;

    [Id(2)]
    public Sequence[] Settled;

    [Id(3)]
    public long Mover;
}

[RegisterConverter]
internal sealed class MoveOriginConverter : IConverter<MoveOrigin, MoveOriginForm>
{
    public MoveOrigin ConvertFromSurrogate(in MoveOriginForm surrogate) => new(surrogate.Stream, surrogate.Sequence, surrogate.Settled) { Mover = surrogate.Mover };

    public MoveOriginForm ConvertToSurrogate(in MoveOrigin value) => new()
    {
        Stream = value.Stream,
        Sequence = value.Sequence,
        Settled = [.. value.Settled],
        Mover = value.Mover,
    };
}

[GenerateSerializer, Immutable]
internal struct SenderMarkForm
{
    [Id(0)]
    public ulong Sender;

    [Id(1)]
    public long Number;

    [Id(2)]
    public long SettledThrough;
}

[RegisterConverter]
internal sealed class SenderMarkConverter : IConverter<SenderMark, SenderMarkForm>
{
    public SenderMark ConvertFromSurrogate(in SenderMarkForm surrogate) => new(surrogate.Sender, surrogate.Number, surrogate.SettledThrough);

    public SenderMarkForm ConvertToSurrogate(in SenderMark value) => new() { Sender = value.Sender, Number = value.Number, SettledThrough = value.SettledThrough };
}

[RegisterConverter]
internal sealed class AppendOptionsConverter : IConverter<AppendOptions, AppendOptionsForm>
{
    public AppendOptions ConvertFromSurrogate(in AppendOptionsForm surrogate) =>
        new()
        {
            DedupeId = surrogate.DedupeId,
            MustExist = surrogate.MustExist,
            TrimToCount = surrogate.TrimToCount,
            Sender = surrogate.Sender,
            Origin = surrogate.Origin,
            Producer = surrogate.Producer,
        };

    public AppendOptionsForm ConvertToSurrogate(in AppendOptions value) =>
        new()
        {
            DedupeId = value.DedupeId,
            MustExist = value.MustExist,
            TrimToCount = value.TrimToCount,
            Sender = value.Sender,
            Origin = value.Origin,
            Producer = value.Producer,
        };
}

/// <summary>Every outcome crosses as an <see cref="AppendAnswer"/>. Each needs a converter of its own, for Orleans looks for that of the very type.</summary>
internal abstract class AppendResultConverter<T> : IConverter<T, AppendAnswer>
    where T : AppendResult
{
    public T ConvertFromSurrogate(in AppendAnswer surrogate) => (T)surrogate.ToResult(default);

    public AppendAnswer ConvertToSurrogate(in T value) => AppendAnswer.Of(value);
}

[RegisterConverter]
internal sealed class AppendedConverter : AppendResultConverter<AppendResult.Appended>;

[RegisterConverter]
internal sealed class DuplicateConverter : AppendResultConverter<AppendResult.Duplicate>;

[RegisterConverter]
internal sealed class BusyConverter : AppendResultConverter<AppendResult.Busy>;

[RegisterConverter]
internal sealed class TooLargeConverter : AppendResultConverter<AppendResult.TooLarge>;

[RegisterConverter]
internal sealed class IdNotGreaterConverter : AppendResultConverter<AppendResult.IdNotGreater>;

[RegisterConverter]
internal sealed class NoSuchStreamConverter : AppendResultConverter<AppendResult.NoSuchStream>;
