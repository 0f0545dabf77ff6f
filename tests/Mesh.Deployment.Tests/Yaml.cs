using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mesh.Deployment.Tests;

/// <summary>A place in a YAML document. What is not there is empty.</summary>
internal readonly record struct Yaml(YamlNode? Node)
{
    public string Text => (Node as YamlScalarNode)?.Value ?? "";

    public int Number => int.Parse(Text, CultureInfo.InvariantCulture);

    public bool IsThere => Node is not null;

    public IEnumerable<Yaml> Items => (Node as YamlSequenceNode)?.Select(item => new Yaml(item)) ?? [];

    public IReadOnlyDictionary<string, Yaml> Fields =>
        (Node as YamlMappingNode)?.ToDictionary(each => ((YamlScalarNode)each.Key).Value!, each => new Yaml(each.Value)) ?? [];

    /// <param name="path">Names of fields with dots between; a name that has dots itself is asked for by <see cref="Fields"/>.</param>
    public Yaml this[string path] =>
        path.Split('.').Aggregate(this, (place, name) => place.Fields.GetValueOrDefault(name));

    /// <summary>All documents of a text.</summary>
    public static IReadOnlyList<Yaml> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(text))));
        return [.. stream.Documents.Select(document => new Yaml(document.RootNode))];
    }
}
