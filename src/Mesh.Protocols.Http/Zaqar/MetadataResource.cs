using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The metadata of a queue as a resource of its own, as version 1 has it (Zaqar specification, sections 1.7 and 2.1). Thread-safe.</summary>
internal sealed class MetadataResource(ZaqarOptions options, QueueDirectory directory)
{
    public async Task GetAsync(ZaqarRequest request)
    {
        var metadata = QueueMetadata.OfStored(await directory.RequireAsync(request).ConfigureAwait(false));
        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        metadata.Write(answer.Json);
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Replaces all of it.</summary>
    public async Task PutAsync(ZaqarRequest request)
    {
        QueueMetadata metadata;
        using (var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false))
        {
            if (body.IsEmpty) throw ZaqarRefusal.Body("The metadata of a queue must be a JSON object; the body is empty.");
            metadata = QueueMetadata.Parse(body.Span, options.JsonDepthMax);
        }

        foreach (var (name, _) in metadata.Values)
            if (name.StartsWith('_')) throw ZaqarRefusal.Request($"Keys that begin with '_' are reserved, and cannot be set in this version; the metadata has {name}.");
        await directory.ChangeMetadataAsync(request, stored => stored.ReplaceBy(metadata)).ConfigureAwait(false);
        request.Response.Headers.Location = request.Paths.OfMetadata(request.QueueName);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }
}
