using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Makes a post that is sent again the same post. A key is its client's own, in one channel.</summary>
internal static class IdempotencyKey
{
    public static readonly HttpFailure Invalid = RseAnswers.Refusal(RepeatKey.Fault);

    public static readonly HttpFailure UsedForAnother = new(
        StatusCodes.Status422UnprocessableEntity, $"{RepeatKey.Header} was used before for another event. Nothing was stored; use a new key for a new event.");

    /// <param name="request">A post.</param>
    /// <param name="channel">Where to.</param>
    /// <param name="uuid">The client.</param>
    /// <param name="id">What the stream knows a repeat by; empty when the client sent no key.</param>
    /// <returns>False when the key is not one.</returns>
    public static bool TryRead(HttpRequest request, ChannelPath channel, string uuid, out ReadOnlyMemory<byte> id)
    {
        id = default;
        if (!RepeatKey.TryRead(request, out var key)) return false;
        if (key is not null) id = RepeatKey.IdOf(uuid, channel.Key, key);
        return true;
    }
}
