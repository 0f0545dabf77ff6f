namespace Mesh.Client.Wire;

/// <summary>One call. One writer and one reader at a time. Failures of the connection come as <see cref="MeshException"/> with <see cref="MeshStatus.Unavailable"/>.</summary>
internal sealed class GrpcCall : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly CancellationTokenSource _ended;
    private readonly CancellationToken _cancel;
    private readonly StreamedContent? _content;
    private readonly Task<HttpResponseMessage> _sending;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private byte[] _bytes = [];
    private int _from;
    private int _to;

    /// <param name="http">Sends it.</param>
    /// <param name="request">Its request.</param>
    /// <param name="content">Its body, when messages are written later; null when it is there.</param>
    /// <param name="cancel">Ends the call.</param>
    public GrpcCall(HttpMessageInvoker http, HttpRequestMessage request, StreamedContent? content, CancellationToken cancel)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _cancel = cancel;
        _content = content;
        _sending = http.SendAsync(request, _ended.Token);
        _ = _sending.ContinueWith(
            (sent, state) => ((StreamedContent?)state)?.Fail(sent.Exception?.InnerException ?? new OperationCanceledException()),
            content,
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>The message that the last <see cref="MoveNextAsync"/> brought; good until the next.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Sends whole frames.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        try
        {
            var body = await _content!.Body.ConfigureAwait(false);
            await body.WriteAsync(frames, _ended.Token).ConfigureAwait(false);
            await body.FlushAsync(_ended.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not MeshException)
        {
            throw Failed(failure);
        }
    }

    /// <summary>Ends the client's stream.</summary>
    public void Complete() => _content?.Complete();

    /// <summary>Waits for the next message.</summary>
    /// <returns>False when the call has ended well.</returns>
    /// <exception cref="MeshException">It has ended otherwise.</exception>
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            _body ??= await OpenAsync().ConfigureAwait(false);
            while (!TryTake())
            {
                MakeRoom();
                var read = await _body.ReadAsync(_bytes.AsMemory(_to), _ended.Token).ConfigureAwait(false);
                _to += read;
                if (read > 0) continue;
                if (GrpcStatus.Of(_response!) is { } failure) throw failure;
                return _to == _from ? false : throw new MeshException(MeshStatus.Internal, "The server's stream ended within a message.");
            }

            return true;
        }
        catch (Exception failure) when (failure is not MeshException)
        {
            throw Failed(failure);
        }
    }

    /// <summary>Reads what is left.</summary>
    /// <exception cref="MeshException">It has not ended well.</exception>
    public async ValueTask EndAsync()
    {
        while (await MoveNextAsync().ConfigureAwait(false))
        {
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        _content?.Complete();
        _response?.Dispose();
        _ended.Dispose();
    }

    private async ValueTask<Stream> OpenAsync()
    {
        _response = await _sending.ConfigureAwait(false);
        if (_response.StatusCode != System.Net.HttpStatusCode.OK)
            throw new MeshException(MeshStatus.Unavailable, $"{_response.RequestMessage?.RequestUri} answered with HTTP status {(int)_response.StatusCode}; is it a gRPC door of Mesh?");
        return await _response.Content.ReadAsStreamAsync(_ended.Token).ConfigureAwait(false);
    }

    private bool TryTake()
    {
        var length = GrpcFrame.LengthOf(_bytes.AsSpan(_from, _to - _from));
        if (length < 0 || _to - _from < GrpcFrame.HeaderBytes + length) return false;
        Current = _bytes.AsMemory(_from + GrpcFrame.HeaderBytes, length);
        _from += GrpcFrame.HeaderBytes + length;
        return true;
    }

    /// <summary>Makes the buffer long enough for the message that has begun, and moves that to its front.</summary>
    private void MakeRoom()
    {
        var left = _bytes.AsSpan(_from, _to - _from);
        var needed = Math.Max(BufferBytes, GrpcFrame.HeaderBytes + Math.Max(0, GrpcFrame.LengthOf(left)));
        if (_from == 0 && _bytes.Length >= needed && _to < _bytes.Length) return;
        var room = _bytes.Length >= needed ? _bytes : new byte[needed];
        left.CopyTo(room);
        (_bytes, _from, _to) = (room, 0, left.Length);
    }

    private Exception Failed(Exception failure) => _cancel.IsCancellationRequested
        ? new OperationCanceledException(failure.Message, failure, _cancel)
        : new MeshException(MeshStatus.Unavailable, $"The connection to the server failed: {failure.Message}", inner: failure);
}
