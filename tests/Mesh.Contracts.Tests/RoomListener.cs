using System.Text;

namespace Mesh.Contracts.Tests;

/// <summary>Writes down what it hears, as <c>room|pattern|message</c>.</summary>
public sealed class RoomListener : IRoomListener
{
    public List<string> Messages { get; } = [];

    /// <summary>The messages alone, so far.</summary>
    public List<string> Heard
    {
        get
        {
            lock (Messages) return Messages.ConvertAll(message => message.Split('|')[2]);
        }
    }

    public void OnMessage(scoped in RoomMessage message)
    {
        lock (Messages) Messages.Add($"{Encoding.UTF8.GetString(message.Room)}|{Encoding.UTF8.GetString(message.Pattern)}|{Encoding.UTF8.GetString(message.Payload)}");
    }
}
