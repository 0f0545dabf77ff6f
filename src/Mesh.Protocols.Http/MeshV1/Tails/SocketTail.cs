using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.MeshV1.Records;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Tails;

/// <summary>
/// A tail over a WebSocket: a text frame for each record, as reads show it. A frame <c>{"missed":n}</c> tells of records that retention took, and <c>{"next":n}</c>,
/// now and then, where to go on. What the client sends is passed over, but for its closing.
/// </summary>
internal static class SocketTail
{
    /// <exception cref="V1Refusal">The request cannot be upgraded.</exception>
    public static async Task RunAsync(HttpContext context, TailCursor cursor, CancellationToken cancel)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw V1Refusal.Invalid("The request to open a WebSocket is not one of RFC 6455.");
        if (!SocketUpgrade.IsFromHere(context.Request)) throw new V1Refusal(StatusCodes.Status403Forbidden, "forbidden", $"Pages of {context.Request.Headers.Origin} may not open sockets here.");
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var closing = CloseAsync(socket, end);
        try
        {
            await SendAllAsync(socket, cursor, end.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // The client has closed, or gone without a word; or the server stops.
        }
        finally
        {
            await EndAsync(socket).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
            await closing.ConfigureAwait(false);
        }
    }

    private static async Task SendAllAsync(WebSocket socket, TailCursor cursor, CancellationToken cancel)
    {
        var frame = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(frame, V1Answers.Form);
        while (true)
        {
            var page = await cursor.ReadAsync(cancel).ConfigureAwait(false);
            if (cursor.Missed > 0) await SendAsync("missed"u8.ToArray(), cursor.Missed).ConfigureAwait(false);
            foreach (var slice in page.Slices)
            {
                for (var at = 0; at < slice.Count; at++)
                {
                    Write(slice.Part(at, 1));
                    await socket.SendAsync(frame.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancel).ConfigureAwait(false);
                }
            }

            if (page.Count == 0 && !await cursor.WaitAsync(TailResource.Heartbeat, cancel).ConfigureAwait(false)) await SendAsync("next"u8.ToArray(), cursor.Next.Value).ConfigureAwait(false);
        }

        void Write(BatchSlice one)
        {
            frame.ResetWrittenCount();
            json.Reset();
            foreach (var record in one) RecordJson.Write(json, record);
            json.Flush();
        }

        async ValueTask SendAsync(byte[] name, long value)
        {
            frame.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            json.WriteNumber(name, value);
            json.WriteEndObject();
            json.Flush();
            await socket.SendAsync(frame.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Reads until the client closes or is gone, and ends the tail then.</summary>
    private static async Task CloseAsync(WebSocket socket, CancellationTokenSource end)
    {
        var passedOver = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(passedOver, end.Token).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // Then there is nobody to say good-bye to.
        }

        await end.CancelAsync().ConfigureAwait(false);
    }

    private static async Task EndAsync(WebSocket socket)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            // The client has gone meanwhile.
        }
    }
}
