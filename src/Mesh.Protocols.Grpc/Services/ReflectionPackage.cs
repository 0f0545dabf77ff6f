using Google.Protobuf.Reflection;

namespace Mesh.Protocols.Grpc.Services;

/// <summary>Server reflection has two names and one form: clients that are older ask for the second.</summary>
internal static class ReflectionPackage
{
    public const string V1 = "grpc.reflection.v1";
    public const string V1Alpha = "grpc.reflection.v1alpha";

    /// <summary>The description of the one, as that of the other.</summary>
    public static FileDescriptorProto ToV1Alpha(FileDescriptorProto file)
    {
        var older = file.Clone();
        older.Name = file.Name.Replace("/v1/", "/v1alpha/", StringComparison.Ordinal);
        older.Package = V1Alpha;
        foreach (var field in older.MessageType.SelectMany(type => type.Field)) field.TypeName = Renamed(field.TypeName);
        foreach (var method in older.Service.SelectMany(service => service.Method))
        {
            method.InputType = Renamed(method.InputType);
            method.OutputType = Renamed(method.OutputType);
        }

        return older;
    }

    private static string Renamed(string type) => type.Replace($".{V1}.", $".{V1Alpha}.", StringComparison.Ordinal);
}
