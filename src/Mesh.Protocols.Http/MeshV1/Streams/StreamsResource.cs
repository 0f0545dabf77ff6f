using Mesh.Addresses;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Streams;

/// <summary>Makes, shows, changes, lists and deletes streams of every kind. Thread-safe.</summary>
internal sealed class StreamsResource(IMesh mesh)
{
    private const int BodyBytesMax = 64 * 1024;
    private const int ListDefault = 100;
    private const int ListMax = 1000;

    /// <summary>Streams of all kinds, or of one, in the order of kinds and names.</summary>
    public async Task ListAsync(V1Request request)
    {
        var query = new V1Query(request.Http.Query, "kind", "after", "limit");
        var limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        var found = await ListAsync(request, KindsOf(query, request), limit, request.Aborted).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("streams"u8);
            foreach (var entry in found)
            {
                StreamJson.Begin(json, entry);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (found.Count == limit) json.WriteString("next"u8, CursorOf(found[^1].Name));
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>Makes a stream, or gives one other options.</summary>
    public async Task PutAsync(V1Request request)
    {
        var stream = request.WholeStream().Stream;
        var options = await ReadOptionsAsync(request, StreamOptions.Default, stream.Kind).ConfigureAwait(false);
        var isNew = await mesh.Catalogue.CreateAsync(stream, options, default, request.Aborted).ConfigureAwait(false);
        if (!isNew)
        {
            if (request.Http.Headers.IfNoneMatch.ToString() == "*")
                throw new V1Refusal(StatusCodes.Status412PreconditionFailed, "exists", $"{request.Segments[1]} exists, and If-None-Match: * asks for a new one. Nothing was changed.");
            await UpdateAsync(stream, options, request.Aborted).ConfigureAwait(false);
        }

        request.Response.Headers.Location = request.PathOf(StreamAddress.Of(stream));
        await ShowAsync(request, stream, null, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Changes some options.</summary>
    public async Task PatchAsync(V1Request request)
    {
        var stream = request.WholeStream().Stream;
        var entry = await mesh.Catalogue.FindAsync(stream, request.Aborted).ConfigureAwait(false) ?? throw V1Refusal.NoSuchStream(request.Segments[1]);
        var options = await ReadOptionsAsync(request, entry.Options, stream.Kind).ConfigureAwait(false);
        await UpdateAsync(stream, options, request.Aborted).ConfigureAwait(false);
        await ShowAsync(request, stream, null, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public Task GetAsync(V1Request request)
    {
        var stream = request.Stream;
        return ShowAsync(request, stream.Stream, stream.Key, StatusCodes.Status200OK);
    }

    public async Task DeleteAsync(V1Request request)
    {
        if (!await mesh.Catalogue.DeleteAsync(request.WholeStream().Stream, request.Aborted).ConfigureAwait(false)) throw V1Refusal.NoSuchStream(request.Segments[1]);
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private async Task UpdateAsync(StreamName stream, StreamOptions options, CancellationToken cancel)
    {
        var entry = await mesh.Catalogue.FindAsync(stream, cancel).ConfigureAwait(false);
        if (entry is null || !await mesh.Catalogue.UpdateAsync(stream, options with { Pool = entry.Options.Pool }, entry.Metadata, cancel).ConfigureAwait(false))
            throw V1Refusal.Conflict("The stream was deleted meanwhile. Nothing was changed; ask again.");
    }

    private async Task ShowAsync(V1Request request, StreamName stream, string? key, int status)
    {
        var entry = await mesh.Catalogue.FindAsync(stream, request.Aborted).ConfigureAwait(false) ?? throw V1Refusal.NoSuchStream(request.Segments[1]);
        var log = request.Resolve(StreamAddress.Of(stream).ToString()).Log;
        var state = await log.StateAsync(request.Aborted).ConfigureAwait(false);
        var stats = log is IQueue queue ? await queue.StatsAsync(request.Aborted).ConfigureAwait(false) : null;
        await V1Answers.SendAsync(request.Response, status, json =>
        {
            StreamJson.Begin(json, entry);
            if (key is not null) json.WriteString("key"u8, key);
            StreamJson.WriteState(json, state);
            if (stats is not null) StreamJson.WriteStats(json, stats);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async ValueTask<StreamOptions> ReadOptionsAsync(V1Request request, StreamOptions options, StreamKind kind)
    {
        using var body = await V1Body.ReadJsonAsync(request.Http, BodyBytesMax, request.Aborted).ConfigureAwait(false);
        return body is null ? options : OptionFields.Apply(options, body.RootElement, kind);
    }

    private async ValueTask<List<StreamEntry>> ListAsync(V1Request request, IEnumerable<(StreamKind Kind, string After)> kinds, int limit, CancellationToken cancel)
    {
        var found = new List<StreamEntry>();
        foreach (var (kind, after) in kinds)
        {
            if (found.Count == limit) break;
            found.AddRange(await mesh.Catalogue.ListAsync(request.Project, kind, after, limit - found.Count, cancel).ConfigureAwait(false));
        }

        return found;
    }

    /// <summary>The kinds to list, each after which name.</summary>
    private static IEnumerable<(StreamKind Kind, string After)> KindsOf(V1Query query, V1Request request)
    {
        var (first, after) = query.Text("after") is { } cursor ? ReadCursor(cursor) : (StreamKind.Channel, "");
        var only = query.Text("kind") is { } word
            ? StreamJson.KindOf(word) ?? throw V1Refusal.Invalid($"kind must be channel, queue, ring, partition or room; it is '{word}'.")
            : (StreamKind?)null;
        return from kind in Enum.GetValues<StreamKind>()
               where kind >= first && (only is null || kind == only)
               select (kind, kind == first ? after : "");
    }

    private static string CursorOf(StreamName name) => $"{StreamJson.WordOf(name.Kind)}:{name.Name}";

    private static (StreamKind Kind, string After) ReadCursor(string cursor)
    {
        var colon = cursor.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && StreamJson.KindOf(cursor[..colon]) is { } kind
            ? (kind, cursor[(colon + 1)..])
            : throw V1Refusal.Invalid($"after is the address of the last stream seen, such as ring:55; it is '{cursor}'.");
    }
}
