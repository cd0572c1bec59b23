import CKernels

extension Layer.GlobalAveragePool {
    func forward(_ layer: CPULayer) {
        nonisolated(unsafe) let layer = layer
        layer.run(layer.batch) { image, _ in
            var call = layer.pool(from: layer.inputs[0], image: image)
            ck_global_average(&call)
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        let view = layer.view(of: layer.inputs[0])
        return layer.average(Window(kernel: Sides(height: Int(view.height), width: Int(view.width))))
    }
}
