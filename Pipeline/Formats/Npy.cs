namespace Unmask.Pipeline.Formats;

/// <summary>NumPy's .npy: a header and one array.</summary>
internal static class Npy
{
    public static Fin<Seq<NamedTensor>> Open(string path)
    {
        using var stream = Files.Open(path);
        var name = Path.GetFileNameWithoutExtension(path);
        return from header in NpyHeader.Read(path, name, stream)
               from _ in Fits(path, header, stream.Length)
               select Seq1(new NamedTensor(path, name, header.Type, header.Shape, () => Numbers(path, header)));
    }

    /// <summary>Writes row-major, or column-major as Fortran and Julia do; the tensor itself is row-major either way.</summary>
    public static Fin<Unit> Save(string path, NamedTensor tensor, bool fortran = false) =>
        from descriptor in Descriptor(path, tensor)
        from values in tensor.Numbers()
        from written in Files.Writing(path, stream => Write(stream, descriptor, tensor, values, fortran))
        select written;

    /// <summary>The descriptor of a type that NumPy has; a tensor of any other cannot be written.</summary>
    public static Fin<string> Descriptor(string path, NamedTensor tensor) =>
        tensor.Type.Numpy.ToFin(Faults.CannotWrite(path, $"NumPy has no {tensor.Type}, the type of {tensor.Name}"));

    public static void Write(Stream stream, string descriptor, NamedTensor tensor, double[] values, bool fortran)
    {
        stream.Write(NpyHeader.Format(descriptor, fortran, tensor.Shape));
        Formats.Numbers.Write(stream, tensor.Type, fortran ? AxisOrder.RowMajorToFortran(tensor.Shape, values) : values);
    }

    /// <summary>The numbers behind a header that has been read already.</summary>
    public static double[] Numbers(Stream stream, NpyHeader header)
    {
        var values = new double[header.Count];
        Formats.Numbers.Read(stream, header.Type, values);
        return header.Fortran ? AxisOrder.FortranToRowMajor(header.Shape, values) : values;
    }

    public static Fin<Unit> Fits(string path, NpyHeader header, long length)
    {
        var needed = header.Length + header.Count * header.Type.Width;
        return length < needed ? Faults.Truncated(path, needed, length)
            : length > needed ? Faults.TrailingBytes(path, length - needed)
            : unit;
    }

    private static Fin<double[]> Numbers(string path, NpyHeader header) => Files.Reading<double[]>(path, () =>
    {
        using var stream = Files.Open(path);
        stream.Position = header.Length;
        return Numbers(stream, header);
    });
}
