using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Unmask.PropertyTests.Generator;

/// <summary>Walks IL instruction by instruction, with the operand sizes that the runtime itself publishes.</summary>
internal static class IlDecoder
{
    private const byte TwoByteOpcode = 0xFE;

    private static readonly Dictionary<int, OpCode> OpCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    /// <summary>Moves past one instruction, and says whether it reads, writes or takes the address of a local or an argument.</summary>
    public static bool SkipInstruction(ref BlobReader code)
    {
        int value = code.ReadByte();
        if (value == TwoByteOpcode) value = value << 8 | code.ReadByte();
        var opcode = OpCodes[value];
        var operand = opcode.OperandType == OperandType.InlineSwitch ? 4 * code.ReadInt32() : OperandBytes(opcode.OperandType);
        code.Offset += operand;
        var name = opcode.Name!;
        return name.StartsWith("ldloc", StringComparison.Ordinal) || name.StartsWith("stloc", StringComparison.Ordinal)
            || name.StartsWith("ldarg", StringComparison.Ordinal) || name.StartsWith("starg", StringComparison.Ordinal);
    }

    private static int OperandBytes(OperandType type) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
