using System.Globalization;

namespace Mesh.Engine.Schedules;

/// <summary>
/// Where scheduled appends wait: for each project and five minutes one inner queue, in which they are hidden until they are due. So only what is due soon is in
/// memory, what is far off costs its bytes on disk and no more, and a queue goes whole when its five minutes are over.
/// </summary>
internal static class Buckets
{
    /// <summary>The project of all these queues.</summary>
    public const string Project = "\u001fschedule";

    /// <summary>How much is due in one.</summary>
    public static readonly TimeSpan Width = TimeSpan.FromMinutes(5);

    public static long Of(RecordTime time) => time.Since(RecordTime.None).Ticks / Width.Ticks;

    public static RecordTime EndOf(long bucket) => new((bucket + 1) * (Width.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>Names stand in the order of their times.</summary>
    public static StreamName NameOf(long bucket, string project) =>
        StreamName.Queue(string.Create(CultureInfo.InvariantCulture, $"{bucket:x8}{StreamName.InnerMark}{project}"), Project);

    public static (long Bucket, string Project) Read(StreamName name)
    {
        var mark = name.Name.IndexOf(StreamName.InnerMark, StringComparison.Ordinal);
        return (long.Parse(name.Name.AsSpan(0, mark), NumberStyles.HexNumber, CultureInfo.InvariantCulture), name.Name[(mark + 1)..]);
    }
}
