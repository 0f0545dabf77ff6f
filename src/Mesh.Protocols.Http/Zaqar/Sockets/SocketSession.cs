using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Mesh.Protocols.Http.Zaqar.Addresses;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>One open socket: answers its frames one after another, and pushes what it is subscribed to (Zaqar specification, section 1.16). One caller runs it.</summary>
internal sealed class SocketSession(
    WebSocket socket, ZaqarOptions options, InnerCall inner, IMesh mesh, StreamsByAddress streams, SubscriptionStore subscriptions, SocketRegistry registry)
{
    /// <summary>Beside the largest post a frame holds its headers.</summary>
    private const int FrameBytesBeside = 64 * 1024;

    /// <summary>Queues that one socket is subscribed to.</summary>
    private const int SubscriptionsMax = 1000;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Guid _asText = Guid.NewGuid();
    private readonly Guid _asBinary = Guid.NewGuid();
    private readonly List<(StreamName Queue, string Id)> _subscribed = [];

    public async Task RunAsync(CancellationToken cancel)
    {
        registry.Add(_asText, (note, stop) => SendAsync(note, WebSocketMessageType.Text, stop));
        registry.Add(_asBinary, (note, stop) => SendAsync(SocketFrame.Encode(JsonNode.Parse(note.Span)!, isText: false), WebSocketMessageType.Binary, stop));
        try
        {
            while (await ReceiveAsync(cancel).ConfigureAwait(false) is { } received) await AnswerAsync(received.Bytes, received.Type, cancel).ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            // The client has gone without a word.
        }
        finally
        {
            registry.Remove(_asText);
            registry.Remove(_asBinary);
            foreach (var (queue, id) in _subscribed) await UnsubscribeAsync(queue, id).ConfigureAwait(false);
        }
    }

    private async Task UnsubscribeAsync(StreamName queue, string id)
    {
        try
        {
            await subscriptions.DeleteAsync(queue, id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException)
        {
            // It ends when its time is up, and nobody can be told.
        }
    }

    private async Task AnswerAsync(byte[] bytes, WebSocketMessageType type, CancellationToken cancel)
    {
        var isText = type == WebSocketMessageType.Text;
        var (frame, error) = SocketFrame.Parse(bytes, isText);
        var answer = error ?? await DoAsync(frame!, isText, cancel).ConfigureAwait(false);
        frame ??= new SocketFrame("", [], []);
        await SendAsync(SocketFrame.Encode(frame.Envelope(answer), isText), type, cancel).ConfigureAwait(false);
    }

    private async Task<SocketAnswer> DoAsync(SocketFrame frame, bool isText, CancellationToken cancel)
    {
        try
        {
            if (frame.Action == "subscription_create" && !frame.Body.ContainsKey("subscriber") && frame.Text("queue_name") is { } queue)
                return await SubscribeAsync(frame, queue, isText ? _asText : _asBinary, cancel).ConfigureAwait(false);
            return await new SocketAction(inner, mesh, frame, cancel).DoAsync().ConfigureAwait(false);
        }
        catch (ZaqarRefusal refusal)
        {
            return SocketAnswer.Error(refusal.Status, refusal.Description ?? refusal.Title);
        }
        catch (Exception failure) when (ErrorMap.Of(failure) is { } known)
        {
            return SocketAnswer.Error(known.Status, known.Message);
        }
    }

    /// <summary>Subscribes this socket, until it closes.</summary>
    private async Task<SocketAnswer> SubscribeAsync(SocketFrame frame, string queue, Guid self, CancellationToken cancel)
    {
        var context = InnerCall.Context(frame, HttpMethods.Post, $"/{queue}/subscriptions", cancel);
        var request = RequestRules.Check(context, new ZaqarRoute(ApiVersion.V2, ZaqarResource.Subscriptions, queue), options, streams);
        if (_subscribed.Count >= SubscriptionsMax) throw ZaqarRefusal.Request($"One socket takes at most {SubscriptionsMax} subscriptions; open another.");
        var terms = SubscriptionBody.Parse(System.Text.Encoding.UTF8.GetBytes(frame.Body.ToJsonString()), options.JsonDepthMax);
        var ttl = terms.TtlSeconds ?? SubscriptionBody.TtlSecondsDefault;
        var (made, isNew) = await subscriptions.CreateAsync(request.Stream, SubscriberUri.OfSocket(self), ttl, terms.Options ?? [], confirmed: true, cancel).ConfigureAwait(false);
        if (!isNew) return SocketAnswer.Error(StatusCodes.Status409Conflict, $"This socket is subscribed to {queue} already.");
        _subscribed.Add((request.Stream, made.Id));
        return new SocketAnswer(StatusCodes.Status201Created, SocketShapes.Subscribed(made.Id, queue));
    }

    /// <returns>A whole frame; null when the client has closed.</returns>
    private async Task<(byte[] Bytes, WebSocketMessageType Type)?> ReceiveAsync(CancellationToken cancel)
    {
        var frame = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await socket.ReceiveAsync(frame.GetMemory(4096), cancel).ConfigureAwait(false);
            frame.Advance(read.Count);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel).ConfigureAwait(false);
                return null;
            }

            if (frame.WrittenCount > options.PostBytesMax + FrameBytesBeside)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, null, cancel).ConfigureAwait(false);
                return null;
            }

            if (read.EndOfMessage) return (frame.WrittenSpan.ToArray(), read.MessageType);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(bytes, type, endOfMessage: true, cancel).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }
}
