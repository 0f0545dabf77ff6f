using System.Text;
using System.Text.Json;
using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>Sends JSON over HTTP with the headers that the doors want, and expects success.</summary>
internal static class JsonCaller
{
    private static readonly HttpClient Client = new();

    public static async Task<JsonElement?> SendAsync(HttpMethod method, Uri address, string? json = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Add("Client-ID", "3381af92-2b9e-11e3-b191-71861300734c");
        request.Headers.Add("X-Project-ID", StreamName.DefaultProject);
        request.Headers.Add("X-Auth-Token", "s3cr3t");
        request.Headers.TryAddWithoutValidation("User-Agent", "Doors/1.0 uuid/6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10");
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {address}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonDocument.Parse(text).RootElement;
    }
}
