using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Empties a queue; its metadata stays (Zaqar specification, section 1.10). Thread-safe.</summary>
internal sealed class PurgeResource(IMesh mesh, ZaqarOptions options, SubscriptionStore subscriptions)
{
    private const int PopMax = 1000;

    public async Task PostAsync(ZaqarRequest request)
    {
        var (messages, subscribers) = await ReadAsync(request).ConfigureAwait(false);
        if (messages) await PurgeMessagesAsync(mesh.Queue(request.Stream), request.Aborted).ConfigureAwait(false);
        if (subscribers) await subscriptions.DeleteAllAsync(request.Stream, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Takes out what can be claimed, of what is there at the beginning: claimed and delayed messages stay, and so do those that are posted meanwhile.</summary>
    public static async ValueTask PurgeMessagesAsync(IQueue queue, CancellationToken cancel)
    {
        var end = (await queue.StateAsync(cancel).ConfigureAwait(false)).HighWatermark;
        for (var last = Sequence.None; last < end;)
        {
            var popped = await queue.PopAsync(PopMax, cancel).ConfigureAwait(false);
            if (popped.Records.Count == 0) return;
            foreach (var record in popped.Records) last = record.Sequence;
        }
    }

    private async ValueTask<(bool Messages, bool Subscriptions)> ReadAsync(ZaqarRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return body.IsEmpty ? (true, true) : Parse(body.Span);
    }

    private (bool Messages, bool Subscriptions) Parse(ReadOnlySpan<byte> json)
    {
        var body = new JsonBody(json, options.JsonDepthMax);
        List<string>? types = null;
        body.BeginObject("The body");
        while (body.NextName())
        {
            var isTypes = body.NameIs("resource_types"u8);
            body.Next();
            if (isTypes) types = body.ReadTexts("resource_types");
            else body.Skip();
        }

        body.End();
        if (types is null) throw ZaqarRefusal.Body("The body must name resource_types, a JSON array, or be left out.");
        foreach (var type in types)
            if (type is not ("messages" or "subscriptions")) throw ZaqarRefusal.Request($"Of a queue, messages and subscriptions can be purged; resource_types names '{type}'.");
        return (types.Contains("messages"), types.Contains("subscriptions"));
    }
}
