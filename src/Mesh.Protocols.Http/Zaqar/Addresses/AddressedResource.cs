using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Addresses;

/// <summary>Streams that are no queues, where a client looks for a queue: they can be made, and have no metadata. Thread-safe.</summary>
internal sealed class AddressedResource(IMesh mesh, ZaqarOptions options)
{
    /// <summary>Makes the stream, and the group whose claims are the clients', if they are not there.</summary>
    public async Task PutAsync(ZaqarRequest request, AddressedQueue queue)
    {
        using (var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false))
        {
            var isApart = request.Version.MetadataIsApart;
            if (!isApart && QueueMetadata.Parse(body.Span, options.JsonDepthMax).Values.Any()) throw ZaqarRefusal.Request(AddressedRules.NoMetadata(queue.Stream));
        }

        var isNew = await queue.MakeAsync(request.Aborted).ConfigureAwait(false);
        request.Response.Headers.Location = request.Paths.OfQueue(request.QueueName);
        await ZaqarAnswers.EmptyAsync(request.Response, isNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Shows that there is no metadata. Where metadata is apart only says whether there is a stream.</summary>
    public async Task GetAsync(ZaqarRequest request)
    {
        request.NameLocation();
        if (request.Version.MetadataIsApart && request.Route.Resource == ZaqarResource.Queue)
        {
            var isThere = await mesh.Catalogue.FindAsync(request.Stream, request.Aborted).ConfigureAwait(false) is not null;
            await ZaqarAnswers.EmptyAsync(request.Response, isThere ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound).ConfigureAwait(false);
            return;
        }

        var answer = AnswerBuffer.Rent();
        QueueMetadata.Empty.Write(answer.Json);
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }
}
