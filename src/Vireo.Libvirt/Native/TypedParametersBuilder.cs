using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt.Native;

/// <summary>A C array of typed parameters in libvirt's memory, for a call to read; freed with this.</summary>
internal sealed unsafe class TypedParametersBuilder : IDisposable
{
    private VirTypedParameter* _parameters;
    private int _capacity;
    private int _count;

    public VirTypedParameter* Parameters => _parameters;

    public int Count => _count;

    public void Add(string name, string? value)
    {
        if (value is not null)
        {
            Check.Succeeded(virTypedParamsAddString(ref _parameters, ref _count, ref _capacity, name, value));
        }
    }

    public void Add(string name, long? value)
    {
        if (value is { } number)
        {
            Check.Succeeded(virTypedParamsAddULLong(ref _parameters, ref _count, ref _capacity, name, (ulong)number));
        }
    }

    public void Add(string name, int? value)
    {
        if (value is { } number)
        {
            Check.Succeeded(virTypedParamsAddInt(ref _parameters, ref _count, ref _capacity, name, number));
        }
    }

    public void Dispose()
    {
        virTypedParamsFree(_parameters, _count);
        _parameters = null;
        _count = 0;
    }
}
