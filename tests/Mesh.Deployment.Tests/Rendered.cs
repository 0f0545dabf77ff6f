using Mesh.Testing.Tools;

namespace Mesh.Deployment.Tests;

/// <summary>What one overlay gives to Kubernetes.</summary>
internal sealed class Rendered
{
    private readonly IReadOnlyList<Yaml> _objects;

    private Rendered(IReadOnlyList<Yaml> objects) => _objects = objects;

    public static async Task<Rendered> OfAsync(string overlay) =>
        new(Yaml.Read(await Command.RunAsync(Repository.Root, "kubectl", "kustomize", $"deploy/kubernetes/overlays/{overlay}")));

    public IEnumerable<Yaml> Of(string kind) => _objects.Where(each => each["kind"].Text == kind);

    public Yaml Of(string kind, string name) => Assert1(Of(kind).Where(each => each["metadata.name"].Text == name), $"{kind} {name}");

    /// <summary>Pod templates by the name of what makes the pods.</summary>
    public IEnumerable<Yaml> Pods => _objects.Where(each => each["kind"].Text is "Deployment" or "StatefulSet" or "Job").Select(each => each["spec.template"]);

    /// <summary>The one container of a workload.</summary>
    public Yaml Container(string kind, string name) => Of(kind, name)["spec.template.spec.containers"].Items.Single();

    /// <summary>The pods that a selector finds.</summary>
    public IEnumerable<Yaml> Selected(Yaml labels) =>
        Pods.Where(pod => labels.Fields.All(label => pod["metadata.labels"].Fields.GetValueOrDefault(label.Key).Text == label.Value.Text));

    private static Yaml Assert1(IEnumerable<Yaml> found, string what) =>
        found.ToArray() is [var one] ? one : throw new InvalidOperationException($"There is not one {what}.");
}
