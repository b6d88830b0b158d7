using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Unmask.PropertyTests.Generator;

/// <summary>What the runtime's compiler counts of a method before it decides whether to optimise it.</summary>
internal sealed record MethodFacts(string Type, string Name, int Bytes, int Instructions, int Locals, int LocalReferences)
{
    /// <summary>Every method with a body in the namespace of emitted code.</summary>
    public static IReadOnlyList<MethodFacts> Of(Stream assembly)
    {
        using var file = new PEReader(assembly);
        var reader = file.GetMetadataReader();
        return [.. from type in reader.TypeDefinitions.Select(reader.GetTypeDefinition)
                   where reader.StringComparer.Equals(type.Namespace, "Unmask.Generated")
                   from method in type.GetMethods().Select(reader.GetMethodDefinition)
                   where method.RelativeVirtualAddress != 0
                   select Read(file, reader, type, method)];
    }

    private static MethodFacts Read(PEReader file, MetadataReader reader, TypeDefinition type, MethodDefinition method)
    {
        var body = file.GetMethodBody(method.RelativeVirtualAddress);
        var code = body.GetILReader();
        var (instructions, references) = (0, 0);
        while (code.RemainingBytes > 0)
        {
            instructions++;
            if (IlDecoder.SkipInstruction(ref code)) references++;
        }

        return new MethodFacts(reader.GetString(type.Name), reader.GetString(method.Name), body.GetILBytes()!.Length, instructions, LocalsOf(reader, body), references);
    }

    private static int LocalsOf(MetadataReader reader, MethodBodyBlock body)
    {
        if (body.LocalSignature.IsNil) return 0;
        var signature = reader.GetBlobReader(reader.GetStandaloneSignature(body.LocalSignature).Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger();
    }
}
