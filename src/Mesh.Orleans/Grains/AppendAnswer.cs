using System.Diagnostics;
using Mesh.Engine.Streams;

namespace Mesh.Orleans.Grains;

/// <summary>What became of one of several appends: an <see cref="AppendResult"/>, or the failure that a caller alone would have been thrown.</summary>
[GenerateSerializer, Immutable]
public readonly record struct AppendAnswer
{
    internal enum Case : byte
    {
        Appended = 1,
        Duplicate = 2,
        Busy = 3,
        TooLarge = 4,
        IdNotGreater = 5,
        NoSuchStream = 6,
        StorageUnavailable = 7,
        Fenced = 8,
        Refused = 9,
    }

    [Id(0)]
    private Case What { get; init; }

    [Id(1)]
    private long Stream { get; init; }

    [Id(2)]
    private long First { get; init; }

    [Id(3)]
    private int Count { get; init; }

    [Id(4)]
    private long Time { get; init; }

    [Id(5)]
    private RingId Id { get; init; }

    [Id(6)]
    private string? Text { get; init; }

    /// <summary>Appends, and keeps how it ended. The append takes its place in line before the call returns its task.</summary>
    internal static async ValueTask<AppendAnswer> OfAsync(StreamActor stream, AppendItem append)
    {
        try
        {
            return Of(await stream.AppendAsync(append.Segment, append.Options));
        }
        catch (StorageUnavailableException reason)
        {
            return new AppendAnswer { What = Case.StorageUnavailable, Text = reason.Message };
        }
        catch (StreamFencedException)
        {
            return new AppendAnswer { What = Case.Fenced, Text = StreamKey.Of(stream.Name) };
        }
        catch (ArgumentException reason)
        {
            return new AppendAnswer { What = Case.Refused, Text = reason.Message };
        }
    }

    public static AppendAnswer Of(AppendResult result) => result switch
    {
        AppendResult.Appended at => new AppendAnswer
        {
            What = Case.Appended,
            Stream = at.Stream.Value,
            First = at.First.Value,
            Count = at.Count,
            Time = at.FirstTime.Micros,
            Id = at.FirstId,
        },
        AppendResult.Duplicate at => new AppendAnswer { What = Case.Duplicate, Stream = at.Stream.Value, First = at.First.Value, Count = at.Count },
        AppendResult.Busy busy => new AppendAnswer { What = Case.Busy, Time = busy.RetryAfter.Ticks },
        AppendResult.TooLarge limit => new AppendAnswer { What = Case.TooLarge, Count = limit.SegmentBytesMax },
        AppendResult.IdNotGreater last => new AppendAnswer { What = Case.IdNotGreater, Id = last.Last },
        AppendResult.NoSuchStream => new AppendAnswer { What = Case.NoSuchStream },
        _ => throw new UnreachableException($"No form to send {result} in."),
    };

    /// <summary>True when the stream was owned elsewhere since: nothing is stored, and the next to be asked may know it.</summary>
    internal bool IsFenced => What == Case.Fenced;

    /// <summary>What the append would have answered, or thrown.</summary>
    /// <param name="kind">The stream's kind, for the words of a failure.</param>
    public AppendResult ToResult(StreamKind kind) => What switch
    {
        Case.Appended => new AppendResult.Appended(new StreamNumber(Stream), new Sequence(First), Count, new RecordTime(Time), Id),
        Case.Duplicate => new AppendResult.Duplicate(new StreamNumber(Stream), new Sequence(First), Count),
        Case.Busy => new AppendResult.Busy(TimeSpan.FromTicks(Time)),
        Case.TooLarge => new AppendResult.TooLarge(Count),
        Case.IdNotGreater => new AppendResult.IdNotGreater(Id),
        Case.NoSuchStream => AppendResult.NoSuchStream.Instance,
        Case.StorageUnavailable => throw new StorageUnavailableException(Text ?? ""),
        Case.Fenced => throw new StreamFencedException(StreamKey.Parse(Text ?? "/", kind)),
        Case.Refused => throw new ArgumentException(Text),
        _ => throw new UnreachableException($"An append's answer of an unknown case, {What}: a newer silo sent it."),
    };
}
