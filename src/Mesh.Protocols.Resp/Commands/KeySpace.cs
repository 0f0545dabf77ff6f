using System.Text;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>The keys there are, in the order of their names.</summary>
internal static class KeySpace
{
    private const int PageNames = 1000;

    /// <summary>Names after <paramref name="after"/>, at most so many, without those whose time is up.</summary>
    /// <param name="session">Who asks.</param>
    /// <param name="after">The last name seen; empty to begin.</param>
    /// <param name="limit">How many streams are looked at.</param>
    /// <returns>The names, and the last one looked at; null at the end.</returns>
    public static async ValueTask<(List<string> Names, string? Last)> ListAsync(RespSession session, string after, int limit)
    {
        var entries = await session.Mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Ring, after, Math.Min(limit, PageNames));
        var now = RecordTime.From(session.Clock.GetUtcNow());
        var names = new List<string>(entries.Count);
        foreach (var entry in entries)
            if (entry.Options.ExpiresAt is not { } at || at > now) names.Add(entry.Name.Name);
        return (names, entries.Count == Math.Min(limit, PageNames) ? entries[^1].Name.Name : null);
    }

    /// <summary>All of them, as bytes.</summary>
    public static async IAsyncEnumerable<byte[]> AllAsync(RespSession session)
    {
        for (string? after = ""; after is not null;)
        {
            (var names, after) = await ListAsync(session, after, PageNames);
            foreach (var name in names) yield return Encoding.UTF8.GetBytes(name);
        }
    }

    public static bool Matches(byte[]? pattern, string name) => pattern is null || GlobPattern.Matches(pattern, Encoding.UTF8.GetBytes(name));
}
