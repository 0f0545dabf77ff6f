using System.Text;

namespace Mesh.Testing.Faults.Loads;

/// <summary>Posts messages to a queue of Zaqar.</summary>
public sealed class QueueLoad(History history, IReadOnlyList<OpenDoors> servers, string queue, string producer)
    : HttpLoad(history, servers, $"queue:{queue}", producer)
{
    protected override HttpRequestMessage RequestFor(MessageId message) => new(HttpMethod.Post, new Uri(Server.Http, $"v2/queues/{queue}/messages"))
    {
        Content = new StringContent($$"""{"messages":[{"body":"{{message}}","ttl":86400}]}""", Encoding.UTF8, "application/json"),
        Headers = { { "Client-ID", "3381af92-2b9e-11e3-b191-71861300734c" }, { "X-Project-ID", Project } },
    };

    /// <summary>Whose queues they are.</summary>
    public const string Project = "faults";
}
