package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import s5.config.KernelForm;
import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.ops.Backend;

class DevicesTest {
    private static String cpu(KernelForm kernels) {
        try (Backend backend = Devices.open("cpu", Precision.FP32, kernels, 1)) {
            return backend.describe();
        }
    }

    @Test
    void theCpuHasBothFormsOfItsKernels() {
        assertEquals("CPU, 1 thread, plain loops", cpu(KernelForm.PLAIN));
        assertTrue(CpuBackend.vectorAvailable(), "the tests run with the Vector API");
        String tuned = cpu(KernelForm.TUNED);
        assertTrue(tuned.startsWith("CPU, 1 thread, Vector API"), tuned);
    }
}
