namespace Hybrid.Bench.Codec;

/// <summary>One way to bring the same embedding reply from one process's memory to another's.</summary>
internal interface IReplyForm
{
    /// <summary>Writes the reply into a buffer that is kept from call to call.</summary>
    void Encode();

    /// <summary>Reads what <see cref="Encode"/> wrote and touches every value: their sum, computed the same way in every form.</summary>
    float Decode();
}
