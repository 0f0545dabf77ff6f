using System.Text.Json;
using Mesh.Protocols.Http.MeshV1;
using Mesh.Protocols.Http.MeshV1.OpenApi;
using Mesh.Testing.Http;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>The description of mesh.v1, held by what there is.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private KestrelHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await KestrelHost.StartAsync(app => app.Map("/openapi", below => below.Run(OpenApiEndpoint.HandleAsync)));
        _client.BaseAddress = _host.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Every_operation_is_described_and_nothing_else()
    {
        using var description = JsonDocument.Parse(await _client.GetStringAsync("openapi/v1.json"));
        var described = from path in description.RootElement.GetProperty("paths").EnumerateObject()
                        from method in path.Value.EnumerateObject()
                        select $"{method.Name.ToUpperInvariant()} {path.Name}";
        var routes = V1Routes.Of(null!, new MeshV1Options(), new Waits("test", 1, default), TimeProvider.System).All.Select(route => $"{route.Method} {route.Path}");
        Assert.Equal(routes.Order(), described.Order());
    }

    [Fact]
    public async Task What_is_in_a_path_is_a_parameter_and_every_reference_leads_somewhere()
    {
        using var description = JsonDocument.Parse(await _client.GetStringAsync("openapi/v1.json"));
        var root = description.RootElement;
        var ids = new HashSet<string>();
        foreach (var path in root.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var named = from parameter in operation.Value.GetProperty("parameters").EnumerateArray()
                            where parameter.GetProperty("in").GetString() == "path"
                            select $"{{{parameter.GetProperty("name").GetString()}}}";
                Assert.Equal(path.Name.Split('/').Where(segment => segment.StartsWith('{')), named);
                Assert.True(ids.Add(operation.Value.GetProperty("operationId").GetString()!));
            }
        }

        foreach (var reference in References(root))
        {
            Assert.StartsWith("#/components/schemas/", reference, StringComparison.Ordinal);
            Assert.True(root.GetProperty("components").GetProperty("schemas").TryGetProperty(reference.Split('/')[^1], out _), reference);
        }
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere()
    {
        foreach (var path in new[] { "openapi", "openapi/" })
        {
            using var page = await _client.GetAsync(path);
            var text = await page.Content.ReadAsStringAsync();
            Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType?.ToString());
            Assert.DoesNotContain("http:", text, StringComparison.Ordinal);
            Assert.DoesNotContain("https:", text, StringComparison.Ordinal);
            Assert.DoesNotContain("src=", text, StringComparison.Ordinal);
        }

        using var missing = await _client.GetAsync("openapi/v2.json");
        Assert.Equal(404, (int)missing.StatusCode);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
