using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Mesh.Protocols.Grpc.Services;

/// <summary>
/// The files that describe the server's services and messages, as they were built in: whatever lies among the project's .proto files is here. Thread-safe.
/// </summary>
internal sealed class ServiceDescriptions
{
    private const string Resource = "services.protoset";

    private readonly FrozenDictionary<string, DescribedFile> _files;
    private readonly FrozenDictionary<string, DescribedFile> _symbols;

    private ServiceDescriptions(IReadOnlyList<FileDescriptorProto> files)
    {
        _files = files.ToFrozenDictionary(file => file.Name, file => new DescribedFile(file));
        var symbols = new Dictionary<string, DescribedFile>();
        foreach (var file in _files.Values)
            foreach (var symbol in SymbolsOf(file.Description)) symbols.TryAdd(symbol, file);
        _symbols = symbols.ToFrozenDictionary();
        Methods = files.SelectMany(file => file.Service.SelectMany(service => service.Method.Select(method => $"/{Qualified(file.Package, service.Name)}/{method.Name}"))).ToFrozenSet();
        Messages = files.SelectMany(file => file.MessageType.SelectMany(type => NamesOf(file.Package, type))).ToFrozenSet();
    }

    /// <summary>Those of this build.</summary>
    public static ServiceDescriptions Default { get; } = Load();

    /// <summary>Paths of all methods described.</summary>
    public FrozenSet<string> Methods { get; }

    /// <summary>Full names of all messages described.</summary>
    public FrozenSet<string> Messages { get; }

    /// <summary>The encoded file and those that it imports, it first; null when there is none of the name.</summary>
    public IReadOnlyList<ByteString>? FindFile(string name) => _files.TryGetValue(name, out var file) ? WithImports(file) : null;

    /// <summary>The same of the file that declares a symbol, such as <c>package.Service.Method</c>.</summary>
    public IReadOnlyList<ByteString>? FindSymbol(string symbol) => _symbols.TryGetValue(symbol, out var file) ? WithImports(file) : null;

    private static ServiceDescriptions Load()
    {
        using var stream = typeof(ServiceDescriptions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly was built without {Resource}.");
        var files = FileDescriptorSet.Parser.ParseFrom(stream).File.ToList();
        files.AddRange([.. files.Where(file => file.Package == ReflectionPackage.V1).Select(ReflectionPackage.ToV1Alpha)]);
        return new ServiceDescriptions(files);
    }

    private List<ByteString> WithImports(DescribedFile first)
    {
        var found = new List<ByteString>();
        var seen = new HashSet<string>();
        var left = new Queue<DescribedFile>([first]);
        while (left.TryDequeue(out var file))
        {
            if (!seen.Add(file.Description.Name)) continue;
            found.Add(file.Encoded);
            foreach (var import in file.Description.Dependency) left.Enqueue(_files[import]);
        }

        return found;
    }

    private static IEnumerable<string> SymbolsOf(FileDescriptorProto file)
    {
        foreach (var service in file.Service)
        {
            var name = Qualified(file.Package, service.Name);
            yield return name;
            foreach (var method in service.Method) yield return $"{name}.{method.Name}";
        }

        foreach (var type in file.EnumType)
            foreach (var symbol in SymbolsOf(file.Package, type)) yield return symbol;
        foreach (var type in file.MessageType)
            foreach (var symbol in SymbolsOf(file.Package, type)) yield return symbol;
    }

    private static IEnumerable<string> SymbolsOf(string scope, DescriptorProto type)
    {
        var name = Qualified(scope, type.Name);
        yield return name;
        foreach (var field in type.Field) yield return $"{name}.{field.Name}";
        foreach (var inner in type.EnumType)
            foreach (var symbol in SymbolsOf(name, inner)) yield return symbol;
        foreach (var inner in type.NestedType)
            foreach (var symbol in SymbolsOf(name, inner)) yield return symbol;
    }

    /// <summary>Values of an enumeration stand beside it, not below it.</summary>
    private static IEnumerable<string> SymbolsOf(string scope, EnumDescriptorProto type) => type.Value.Select(value => Qualified(scope, value.Name)).Prepend(Qualified(scope, type.Name));

    private static IEnumerable<string> NamesOf(string scope, DescriptorProto type)
    {
        var name = Qualified(scope, type.Name);
        return type.NestedType.SelectMany(inner => NamesOf(name, inner)).Prepend(name);
    }

    private static string Qualified(string scope, string name) => scope.Length == 0 ? name : $"{scope}.{name}";

    private sealed class DescribedFile(FileDescriptorProto description)
    {
        public FileDescriptorProto Description { get; } = description;

        public ByteString Encoded { get; } = description.ToByteString();
    }
}
