using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rings;

/// <summary>
/// Makes, shows and removes rings: <c>GET /rings</c>, <c>PUT</c>, <c>GET</c> and <c>DELETE /rings/{name}</c>. What they hold is pushed and read over RESP and rotera.
/// Nobody is authenticated. Thread-safe.
/// </summary>
public sealed class RingsEndpoint(IMesh mesh)
{
    private const string Example = """{"entries":1000,"bytes":1048576,"age":3600}""";
    private const int NamesMax = 1000;

    /// <param name="context">The request; its path is what follows <c>/rings</c>.</param>
    public Task HandleAsync(HttpContext context) => JsonEndpoint.GuardAsync(context, () => ServeAsync(context, context.Request.Path.Value!.TrimStart('/')));

    private Task ServeAsync(HttpContext context, string name) => (name.Length, context.Request.Method) switch
    {
        (0, "GET") => ListAsync(context),
        (0, _) => JsonEndpoint.NotAllowedAsync(context, "GET"),
        (_, "PUT") => PutAsync(context, StreamName.Ring(name)),
        (_, "GET") => GetAsync(context, StreamName.Ring(name)),
        (_, "DELETE") => DeleteAsync(context, StreamName.Ring(name)),
        _ => JsonEndpoint.NotAllowedAsync(context, "GET, PUT, DELETE"),
    };

    /// <summary>Makes a ring, or changes what one keeps, at once.</summary>
    private async Task PutAsync(HttpContext context, StreamName ring)
    {
        var (limits, fault) = await JsonEndpoint.ReadAsync(context, RingJson.Default.RingLimits, Example, limits => limits.Fault()).ConfigureAwait(false);
        if (limits is null)
        {
            await JsonEndpoint.RefuseAsync(context, StatusCodes.Status400BadRequest, fault!).ConfigureAwait(false);
            return;
        }

        var isNew = await mesh.Catalogue.PutAsync(ring, limits.Limits, context.RequestAborted).ConfigureAwait(false);
        await ShowAsync(context, ring, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private Task GetAsync(HttpContext context, StreamName ring) => ShowAsync(context, ring, StatusCodes.Status200OK);

    private async Task DeleteAsync(HttpContext context, StreamName ring)
    {
        if (await mesh.Catalogue.DeleteAsync(ring, context.RequestAborted).ConfigureAwait(false)) context.Response.StatusCode = StatusCodes.Status204NoContent;
        else await MissingAsync(context, ring).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = NamesMax;
        if (query.TryGetValue("limit", out var text) && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= NamesMax))
        {
            await JsonEndpoint.RefuseAsync(context, StatusCodes.Status400BadRequest, $"limit must be 1 to {NamesMax}; it is {text}.").ConfigureAwait(false);
            return;
        }

        var entries = await mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Ring, query["after"].ToString(), limit, context.RequestAborted).ConfigureAwait(false);
        await JsonEndpoint.WriteAsync(context, StatusCodes.Status200OK, new RingNames([.. entries.Select(entry => entry.Name.Name)]), RingJson.Default.RingNames).ConfigureAwait(false);
    }

    private async Task ShowAsync(HttpContext context, StreamName ring, int status)
    {
        if (await mesh.Catalogue.FindAsync(ring, context.RequestAborted).ConfigureAwait(false) is not { } entry)
        {
            await MissingAsync(context, ring).ConfigureAwait(false);
            return;
        }

        var state = await mesh.Ring(ring).StateAsync(context.RequestAborted).ConfigureAwait(false);
        var view = new RingView(ring.Name, RingLimits.Of(entry.Options), state.Length, state.LowWatermark.Value, state.HighWatermark.Value + 1);
        await JsonEndpoint.WriteAsync(context, status, view, RingJson.Default.RingView).ConfigureAwait(false);
    }

    private static Task MissingAsync(HttpContext context, StreamName ring) => JsonEndpoint.RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no ring {ring.Name}.");
}
