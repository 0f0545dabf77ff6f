using System.Net.Http.Headers;
using System.Text;
using Mesh.Addresses;
using Mesh.Topics;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>mesh.v1 over HTTP, whoever holds it, with a project of its own for one test.</summary>
/// <param name="address">The root of the HTTP door.</param>
/// <param name="project">Goes with every request.</param>
/// <param name="mesh">What it leads to.</param>
public class MeshDoor(Uri address, string project, IMesh mesh) : IAsyncDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    public IMesh Mesh { get; } = mesh;

    public Uri Address { get; } = address;

    public string Project { get; } = project;

    /// <summary>What an address names here.</summary>
    public AddressedStream Resolve(string stream) => new AddressResolver(Mesh, new TopicPartitions(Mesh, TopicHomes.Default)).Resolve(StreamAddress.Parse(stream), Project);

    /// <summary>The whole address of something below the interface.</summary>
    public Uri At(string path) => new(Address, $"mesh/v1/{path}");

    public Task<MeshAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Posts one record.</summary>
    public Task<MeshAnswer> PostAsync(string path, string body, string type = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, Content(Encoding.UTF8.GetBytes(body), type), headers);

    /// <summary>Posts records in JSON.</summary>
    public Task<MeshAnswer> PostManyAsync(string path, string json) => PostAsync(path, json, "application/vnd.mesh.records+json");

    public Task<MeshAnswer> PutAsync(string path, string json = "{}") => SendAsync(HttpMethod.Put, path, Content(Encoding.UTF8.GetBytes(json), "application/json"));

    public async Task<MeshAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var response = await AskAsync(method, path, content, headers);
        return await MeshAnswer.OfAsync(response);
    }

    /// <summary>As <see cref="SendAsync"/>, but the answer's body is still to be read.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, At(path)) { Content = content };
        request.Headers.Add("Mesh-Project", Project);
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static ByteArrayContent Content(byte[] body, string? type)
    {
        var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    public virtual ValueTask DisposeAsync()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
