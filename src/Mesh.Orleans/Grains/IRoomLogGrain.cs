namespace Mesh.Orleans.Grains;

/// <summary>The grain of one room's history; its key is a <see cref="StreamKey"/>.</summary>
public interface IRoomLogGrain : IStreamGrain, IGroupedLog
{
    /// <summary>Appends messages, and answers when they are on their way to the listeners too. May be sent again under the same mark.</summary>
    /// <param name="messages">Not changed by anybody afterwards.</param>
    [ResponseTimeout("00:01:00")]
    ValueTask<AppendAnswer> PublishAsync([Immutable] AppendItem messages);
}
