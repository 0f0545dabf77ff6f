using Mesh.Addresses;
using Mesh.Queues;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Claims;

/// <summary>Shows a queue's dead letters, and puts them back. Thread-safe.</summary>
internal sealed class DeadLetterResource(IMesh mesh)
{
    private const int RecordsDefault = 100;
    private const decimal TtlSecondsMax = 100m * 366 * 24 * 3600;

    public async Task GetAsync(V1Request request)
    {
        var letters = await FindAsync(request).ConfigureAwait(false);
        var query = new V1Query(request.Http.Query, "after", "limit");
        var after = new Sequence(query.Number("after", 0, long.MaxValue) ?? 0);
        var (page, lookedAt) = await letters.ListAsync(after, (int)(query.Number("limit", 1, DeadLetters.RecordsMax) ?? RecordsDefault), request.Aborted).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("queue"u8, StreamAddress.Of(letters.Queue).ToString());
            ClaimJson.WriteRecords(json, page.Records, index => page.States[index].DeliveryCount);
            if (lookedAt is { } last) json.WriteNumber("next"u8, last.Value);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task RedriveAsync(V1Request request)
    {
        var letters = await FindAsync(request).ConfigureAwait(false);
        using var fields = await V1Fields.ReadAsync(request, "sequences", "ttlSeconds").ConfigureAwait(false);
        var moved = await letters.RedriveAsync(fields.Sequences("sequences"), fields.Seconds("ttlSeconds", 0.000001m, TtlSecondsMax), request.Aborted).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("moved"u8, moved);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private async ValueTask<DeadLetters> FindAsync(V1Request request)
    {
        var stream = request.Stream;
        if (stream.Stream.Kind != StreamKind.Queue) throw V1Refusal.Invalid($"Only queues have dead letters, such as queue:jobs; {stream.Address} is none.");
        return await DeadLetters.FindAsync(mesh, stream.Stream, request.Aborted).ConfigureAwait(false)
            ?? throw V1Refusal.Conflict($"{stream.Address} does not exist, or names no queue that takes its dead letters: set its options deadLetterQueue and deliveryCountMax.");
    }
}
