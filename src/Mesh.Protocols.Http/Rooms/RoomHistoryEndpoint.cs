using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rooms;

/// <summary>What a room keeps of its messages: <c>GET</c>, <c>PUT</c> and <c>DELETE /rooms/{room}/history</c>. Thread-safe.</summary>
internal sealed class RoomHistoryEndpoint(IMesh mesh)
{
    private const string Example = """{"count":1000,"age":3600,"bytes":1048576}""";

    public Task ServeAsync(HttpContext context, byte[] room)
    {
        if (!RoomHistory.TryName(room, out var history))
        {
            var fault = $"A room that keeps a history has a name of UTF-8 text without NUL, of at most {RoomHistory.NameBytesMax} bytes.";
            return JsonEndpoint.RefuseAsync(context, StatusCodes.Status400BadRequest, fault);
        }

        return context.Request.Method switch
        {
            "GET" => ShowAsync(context, history, StatusCodes.Status200OK),
            "PUT" => PutAsync(context, history),
            "DELETE" => DeleteAsync(context, history),
            _ => JsonEndpoint.NotAllowedAsync(context, "GET, PUT, DELETE"),
        };
    }

    private async Task PutAsync(HttpContext context, StreamName history)
    {
        var (wish, fault) = await JsonEndpoint.ReadAsync(context, RoomJson.Default.RoomHistoryWish, Example, wish => wish.Fault()).ConfigureAwait(false);
        fault ??= wish!.Fault(); // an empty body says nothing
        if (fault is not null)
        {
            await JsonEndpoint.RefuseAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        var isNew = await mesh.Catalogue.PutAsync(history, wish!.Limits, context.RequestAborted).ConfigureAwait(false);
        await ShowAsync(context, history, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async Task DeleteAsync(HttpContext context, StreamName history)
    {
        if (await mesh.Catalogue.DeleteAsync(history, context.RequestAborted).ConfigureAwait(false)) context.Response.StatusCode = StatusCodes.Status204NoContent;
        else await MissingAsync(context, history).ConfigureAwait(false);
    }

    private async Task ShowAsync(HttpContext context, StreamName history, int status)
    {
        if (await mesh.Catalogue.FindAsync(history, context.RequestAborted).ConfigureAwait(false) is not { } entry)
        {
            await MissingAsync(context, history).ConfigureAwait(false);
            return;
        }

        var limits = RetentionLimits.Of(entry.Options);
        var state = await mesh.Room(history).StateAsync(context.RequestAborted).ConfigureAwait(false);
        var view = new RoomHistoryView(history.Name, limits.Count, limits.AgeSeconds, limits.Bytes, state.LowWatermark.Value, state.HighWatermark.Value);
        await JsonEndpoint.WriteAsync(context, status, view, RoomJson.Default.RoomHistoryView).ConfigureAwait(false);
    }

    private static Task MissingAsync(HttpContext context, StreamName history) =>
        JsonEndpoint.RefuseAsync(context, StatusCodes.Status404NotFound, $"Room {history.Name} keeps no history.");
}
