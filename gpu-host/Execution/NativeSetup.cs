using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Execution;

/// <summary>What has to be so before ONNX Runtime is loaded, whichever program or test loads it.</summary>
internal static partial class NativeSetup
{
    // Since 1.29 the official builds for Linux and macOS send names and hashes of the models that they open to their makers, and there is no
    // call that stops it before the first time. Who wants that sets it to 0.
    private const string NoTelemetry = "ORT_DISABLE_TELEMETRY";

    [ModuleInitializer]
    internal static void Run()
    {
        NativeHeap.KeepSmall();
        if (!OperatingSystem.IsWindows())
        {
            // .NET's own variables are a copy that native code does not see.
            _ = SetEnvironment(NoTelemetry, "1", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
