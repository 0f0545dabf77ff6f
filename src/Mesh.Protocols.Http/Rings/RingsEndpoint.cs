using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rings;

/// <summary>
/// Makes, shows and removes rings: <c>GET /rings</c>, <c>PUT</c>, <c>GET</c> and <c>DELETE /rings/{name}</c>. What they hold is pushed and read over RESP and rotera.
/// Nobody is authenticated. Thread-safe.
/// </summary>
public sealed class RingsEndpoint(IMesh mesh)
{
    private const int BodyBytesMax = 4096;
    private const int NamesMax = 1000;

    /// <param name="context">The request; its path is what follows <c>/rings</c>.</param>
    public async Task HandleAsync(HttpContext context)
    {
        var name = context.Request.Path.Value!.TrimStart('/');
        try
        {
            await ServeAsync(context, name).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted && ErrorMap.Of(failure) is { } known)
        {
            if (known.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(context, known.Status, known.Message).ConfigureAwait(false);
        }
    }

    private Task ServeAsync(HttpContext context, string name) => (name.Length, context.Request.Method) switch
    {
        (0, "GET") => ListAsync(context),
        (0, _) => NotAllowedAsync(context, "GET"),
        (_, "PUT") => PutAsync(context, StreamName.Ring(name)),
        (_, "GET") => GetAsync(context, StreamName.Ring(name)),
        (_, "DELETE") => DeleteAsync(context, StreamName.Ring(name)),
        _ => NotAllowedAsync(context, "GET, PUT, DELETE"),
    };

    /// <summary>Makes a ring, or changes what one keeps, at once.</summary>
    private async Task PutAsync(HttpContext context, StreamName ring)
    {
        var (limits, fault) = await ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        if (limits is null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, fault!).ConfigureAwait(false);
            return;
        }

        var isNew = await mesh.Catalogue.CreateAsync(ring, limits.ApplyTo(StreamOptions.Default), default, context.RequestAborted).ConfigureAwait(false);
        if (!isNew && await mesh.Catalogue.FindAsync(ring, context.RequestAborted).ConfigureAwait(false) is { } entry)
            await mesh.Catalogue.UpdateAsync(ring, limits.ApplyTo(entry.Options), entry.Metadata, context.RequestAborted).ConfigureAwait(false);
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
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"limit must be 1 to {NamesMax}; it is {text}.").ConfigureAwait(false);
            return;
        }

        var entries = await mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Ring, query["after"].ToString(), limit, context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, StatusCodes.Status200OK, new RingNames([.. entries.Select(entry => entry.Name.Name)]), RingJson.Default.RingNames).ConfigureAwait(false);
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
        await WriteAsync(context, status, view, RingJson.Default.RingView).ConfigureAwait(false);
    }

    private static async ValueTask<(RingLimits? Limits, string? Fault)> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        var body = new byte[BodyBytesMax + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        if (length > BodyBytesMax) return (null, $"The body has at most {BodyBytesMax} bytes.");
        if (length == 0) return (new RingLimits(), null);
        try
        {
            var limits = JsonSerializer.Deserialize(body.AsSpan(0, length), RingJson.Default.RingLimits);
            var fault = limits is null ? "The body is an object." : limits.Fault();
            return fault is null ? (limits, null) : (null, fault);
        }
        catch (JsonException wrong)
        {
            return (null, $$"""The body is an object such as {"entries":1000,"bytes":1048576,"age":3600}, each of them optional. {{wrong.Message}}""");
        }
    }

    private static Task MissingAsync(HttpContext context, StreamName ring) => RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no ring {ring.Name}.");

    private static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Method} means nothing here; allowed are {allowed}.");
    }

    private static Task RefuseAsync(HttpContext context, int status, string error) => WriteAsync(context, status, new RingError(error), RingJson.Default.RingError);

    private static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }
}
