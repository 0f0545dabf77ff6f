using System.Buffers;
using System.Text.Json;
using Mesh.Protocols.Http.Rse.Tokens;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse.Health;

/// <summary>Answers <c>/health</c> (RSE specification, section 5): three bytes when all is well, or a report. Thread-safe.</summary>
internal sealed class RseHealth(IMesh mesh, TokenCheck tokens, RsePublisher publisher, TimeProvider clock)
{
    /// <summary>Looked up, so that a database that is away shows.</summary>
    public static readonly StreamName Probe = StreamName.Channel("health");

    private const string Methods = "GET, HEAD";

    private readonly SemaphoreSlim _checks = new(1);

    public Task AnswerAsync(HttpContext context, RseMode mode, HealthQuery query)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) return RseAnswers.MethodNotAllowedAsync(context, Methods);
        if (query.Fault is { } fault) return RseAnswers.FailAsync(context.Response, RseAnswers.Refusal(fault));
        return query.IsVerbose ? ReportAsync(context, mode, query) : ProbeAsync(context);
    }

    private async Task ProbeAsync(HttpContext context)
    {
        await mesh.Catalogue.FindAsync(Probe, context.RequestAborted).ConfigureAwait(false);
        await tokens.ProbeAsync(context.RequestAborted).ConfigureAwait(false);
        await RseAnswers.TextAsync(context.Response, RseAnswers.JsonType, "OK\n").ConfigureAwait(false);
    }

    /// <summary>A report walks through what there is, for anybody who asks: one at a time does.</summary>
    private async Task ReportAsync(HttpContext context, RseMode mode, HealthQuery query)
    {
        var cancel = context.RequestAborted;
        await _checks.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await tokens.ProbeAsync(cancel).ConfigureAwait(false);
            var report = new HealthReport
            {
                Mode = mode,
                Now = RecordTime.From(clock.GetUtcNow()),
                Census = await EventCensus.TakeAsync(mesh, cancel).ConfigureAwait(false),
                Publishes = publisher.Attempts,
                Repeats = publisher.Repeats,
                LookupMillis = query.Profiles ? await StorageCheck.TimeAsync(mesh, cancel).ConfigureAwait(false) : null,
                Integrity = query.Validates ? await StorageCheck.ReadAllAsync(mesh, cancel).ConfigureAwait(false) : null,
            };
            var text = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(text)) report.Write(json);
            await RseAnswers.BytesAsync(context.Response, RseAnswers.JsonType, text.WrittenMemory).ConfigureAwait(false);
        }
        finally
        {
            _checks.Release();
        }
    }
}
