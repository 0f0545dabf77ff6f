using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;
using Mesh.Protocols.Http.MeshV1.Records;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Requests;

/// <summary>Posts a record that asks for an answer, and waits for it (<see cref="ReplyRoom"/>). Thread-safe.</summary>
internal sealed class RequestResource(IMesh mesh, MeshV1Options options, Waits waits, TimeProvider clock)
{
    private const int WaitSecondsDefault = 30;

    public async Task PostAsync(V1Request request)
    {
        var stream = request.Stream;
        var query = new V1Query(request.Http.Query, "wait");
        var wait = query.Text("wait") is null ? TimeSpan.FromSeconds(WaitSecondsDefault) : query.Wait();
        var record = RecordHeaders.Read(request.Http);
        using var body = await RequestBody.ReadAsync(request.Http, options.BodyBytesMax, V1Body.TooLarge, request.Aborted).ConfigureAwait(false);
        var room = ReplyRoom.NewName();
        record.Tags.Add(ReplyRoom.ReplyToTag, Encoding.UTF8.GetBytes(StreamAddress.Of(AddressKind.Room, room).ToString()));
        using var segment = new SegmentWriter();
        record.AddTo(segment, stream, body.Span);
        if (!waits.TryEnter()) throw RecordsResource.TooManyWait();
        var (listener, name) = (new ReplyListener(), Encoding.UTF8.GetBytes(room));
        try
        {
            await mesh.Rooms.SubscribeAsync(name, listener).ConfigureAwait(false);
            var result = await stream.AppendAsync(segment.Finish()).ConfigureAwait(false);
            if (ErrorMap.Of(result) is { } failure) throw V1Refusal.Of(failure);
            await AnswerAsync(request, stream, ((AppendResult.Appended)result).First, listener, wait).ConfigureAwait(false);
        }
        finally
        {
            await mesh.Rooms.UnsubscribeAsync(name, listener).ConfigureAwait(false);
            waits.Leave();
        }
    }

    private async Task AnswerAsync(V1Request request, AddressedStream stream, Sequence asked, ReplyListener listener, TimeSpan wait)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, waits.Stopping);
        var response = request.Response;
        response.Headers.Location = request.PathOf(stream.Address, $"/records/{asked}");
        byte[] reply;
        try
        {
            reply = await listener.Reply.WaitAsync(wait, clock, end.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw NoReply(stream, asked, $"within {wait.TotalSeconds:0} s");
        }
        catch (OperationCanceledException) when (!request.Aborted.IsCancellationRequested)
        {
            throw NoReply(stream, asked, "before the server stopped");
        }

        response.ContentType = BodyForms.IsJson(reply) ? BodyTypes.Json : Utf8.IsValid(reply) ? "text/plain; charset=utf-8" : BodyTypes.Bytes;
        response.ContentLength = reply.Length;
        response.BodyWriter.Write(reply);
        await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    private static V1Refusal NoReply(AddressedStream stream, Sequence asked, string when) =>
        new(StatusCodes.Status504GatewayTimeout, "no-reply", $"Nobody answered {when}. The request is record {asked} of {stream.Address} and stays there; an answer that comes later is lost.");
}
